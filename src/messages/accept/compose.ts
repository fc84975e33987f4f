import type { Content, MessageType } from '../../providers/provider';
import { Problem, type FieldError } from '../../platform/http/problem';
import type { MessageBodyDto } from './message.dto';

/** What each type of message must carry. */
const NEEDED: Readonly<Record<Exclude<MessageType, 'TEMPLATE'>, keyof Content>> = {
  TEXT: 'text',
  HTML: 'html',
  IMAGE: 'media',
  VIDEO: 'media',
  AUDIO: 'media',
  FILE: 'media',
  LOCATION: 'location',
};

/** A message with its words and its type decided. */
export interface Composed {
  messageType: MessageType;
  content: Content;
  templateId: string | null;
  templateVersion: number | null;
}

/** A rendered template. */
export interface Rendered {
  content: Content;
  templateId: string;
  templateVersion: number;
}

/** Whether the message names one of our templates. */
export function usesTemplate(body: MessageBodyDto): boolean {
  return body.templateId !== undefined || body.templateName !== undefined;
}

/** Throws Problem 422 naming what is missing or too much. */
export function composeFromContent(body: MessageBodyDto): Composed {
  const content: Content = { ...body.content };
  const messageType = body.messageType ?? (content.html !== undefined ? 'HTML' : 'TEXT');
  const faults: FieldError[] = [];
  if (messageType === 'TEMPLATE')
    faults.push({ pointer: '/templateId', message: 'is needed, or templateName, when messageType is TEMPLATE' });
  else if (content[NEEDED[messageType]] === undefined && !(messageType === 'FILE' && body.attachments?.length))
    faults.push({
      pointer: `/content/${NEEDED[messageType]}`,
      message: `is needed when messageType is ${messageType}`,
    });
  for (const field of ['variables', 'language'] as const)
    if (body[field] !== undefined) faults.push({ pointer: `/${field}`, message: 'goes only with a template' });
  if (faults.length) throw Problem.invalidFields(faults);
  return { messageType, content, templateId: null, templateVersion: null };
}

/** Throws Problem 422 when content and template are both given. */
export function composeFromTemplate(body: MessageBodyDto, rendered: Rendered): Composed {
  if (body.content) throw Problem.invalidField('/content', 'cannot be combined with a template');
  if (body.messageType && body.messageType !== 'TEMPLATE')
    throw Problem.invalidField('/messageType', 'must be TEMPLATE, or left out, with a template');
  const { content, templateId, templateVersion } = rendered;
  // Only a template that the provider keeps travels as one; ours is rendered here and travels as what it became.
  const messageType = content.template ? 'TEMPLATE' : content.html !== undefined ? 'HTML' : 'TEXT';
  return { messageType, content, templateId, templateVersion };
}
