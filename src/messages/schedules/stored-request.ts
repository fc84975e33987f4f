import type { MessageBodyDto, SendMessageDto } from '../accept/message.dto';

/** When it goes and to whom, which a recurring schedule keeps apart: there the person can be found, and forgotten. */
const NOT_KEPT = [
  'to',
  'contactId',
  'scheduledAt',
  'timezone',
  'recurrence',
  'graceSeconds',
  'expiresAt',
] as const satisfies (keyof SendMessageDto)[];

/** What a recurring schedule keeps of the request it came with: all that is asked anew each time. */
export type StoredRequest = Omit<SendMessageDto, (typeof NOT_KEPT)[number]>;

export interface StoredRecipient {
  to: string | null;
  contactId: string | null;
}

/** The part of a request that a schedule keeps. */
export function storedRequest(input: SendMessageDto): StoredRequest {
  return without(input, NOT_KEPT);
}

/** A request as it would be made now. */
export function requestNow(request: StoredRequest, { to, contactId }: StoredRecipient): SendMessageDto {
  return { ...request, ...(contactId === null ? to !== null && { to } : { contactId }) };
}

/** A request with other words: content takes the place of a template, and a template that of content. */
export function withWords(request: StoredRequest, words: MessageBodyDto): StoredRequest {
  const hasTemplate = words.templateId !== undefined || words.templateName !== undefined;
  if (words.content !== undefined) return { ...without(request, OF_WORDS), ...words };
  if (hasTemplate) return { ...without(request, ['content', 'messageType', 'templateId', 'templateName']), ...words };
  return { ...request, ...words };
}

const OF_WORDS = ['messageType', 'templateId', 'templateName', 'language', 'variables'] as const;

function without<T extends object, Name extends keyof T>(object: T, names: readonly Name[]): Omit<T, Name> {
  const left = { ...object };
  for (const name of names) delete left[name];
  return left;
}
