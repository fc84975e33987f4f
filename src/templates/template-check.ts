import { Problem, type FieldError } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';
import type { TemplateTexts } from './render';

/** A template as it is to be stored. */
export interface TemplateDraft extends TemplateTexts {
  channelType: ChannelType;
  mjml: string | null;
  layoutId: string | null;
  smsTransliterate: boolean;
  providerTemplateName: string | null;
}

type Part = 'subject' | 'body' | 'html' | 'mjml' | 'layoutId' | 'smsTransliterate';

/** What a template of a channel type can have. */
const PARTS: Readonly<Record<ChannelType, readonly Part[]>> = {
  EMAIL: ['subject', 'body', 'html', 'mjml', 'layoutId'],
  SMS: ['body', 'smsTransliterate'],
  WHATSAPP: ['body'],
  TELEGRAM: ['body', 'html'],
};

/** Throws Problem 422 for what is missing, out of place, or not to be combined. */
export function checkTemplate(draft: TemplateDraft): void {
  const faults = [...misplaced(draft), ...missing(draft), ...clashing(draft)];
  if (faults.length) throw Problem.invalidFields(faults);
}

function misplaced(draft: TemplateDraft): FieldError[] {
  const isGiven: Readonly<Record<Part, boolean>> = {
    subject: draft.subject !== null,
    body: draft.body !== null,
    html: draft.html !== null && draft.mjml === null,
    mjml: draft.mjml !== null,
    layoutId: draft.layoutId !== null,
    smsTransliterate: draft.smsTransliterate,
  };
  return (Object.keys(isGiven) as Part[])
    .filter((part) => isGiven[part] && !PARTS[draft.channelType].includes(part))
    .map((part) => ({ pointer: `/${part}`, message: `has no place on ${draft.channelType}` }));
}

/** Where the provider keeps the template, our texts are only there to be looked at. */
function missing(draft: TemplateDraft): FieldError[] {
  if (draft.providerTemplateName !== null) return [];
  const needsSubject = draft.channelType === 'EMAIL' && draft.subject === null;
  const needsText = draft.body === null && draft.html === null;
  const others = PARTS[draft.channelType].includes('html') ? ', or html where it has a place' : '';
  return [
    ...(needsSubject ? [{ pointer: '/subject', message: 'is needed on EMAIL' }] : []),
    ...(needsText ? [{ pointer: '/body', message: `is needed${others}` }] : []),
  ];
}

function clashing({ channelType, layoutId, html, mjml }: TemplateDraft): FieldError[] {
  if (layoutId === null || channelType !== 'EMAIL') return [];
  if (mjml !== null)
    return [{ pointer: '/layoutId', message: 'goes around html; what is made of mjml is a whole page' }];
  return html === null ? [{ pointer: '/layoutId', message: 'goes around html, and there is none' }] : [];
}
