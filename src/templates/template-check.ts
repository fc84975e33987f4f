import { Problem, type FieldError } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';
import { type CompiledTemplate, compileTemplate, type TemplateTexts } from './render';
import type { VariableSpec } from './variables';

/** A template as it is to be stored. */
export interface TemplateDraft extends TemplateTexts {
  channelType: ChannelType;
  variables: readonly VariableSpec[];
  providerTemplateName: string | null;
}

/** Which texts a channel type can carry. */
const TEXTS: Readonly<Record<ChannelType, readonly (keyof TemplateTexts)[]>> = {
  EMAIL: ['subject', 'body', 'html'],
  SMS: ['body'],
  WHATSAPP: ['body'],
  TELEGRAM: ['body', 'html'],
};

/** The draft, parsed. Throws Problem 422 for texts that are missing, out of place or not in the language. */
export function checkTemplate(draft: TemplateDraft): CompiledTemplate {
  const faults = [...misplaced(draft), ...missing(draft)];
  if (faults.length) throw Problem.invalidFields(faults);
  return compileTemplate(draft, draft.variables);
}

function misplaced(draft: TemplateDraft): FieldError[] {
  return (['subject', 'body', 'html'] as const)
    .filter((text) => draft[text] !== null && !TEXTS[draft.channelType].includes(text))
    .map((text) => ({ pointer: `/${text}`, message: `has no place on ${draft.channelType}` }));
}

/** Where the provider keeps the template, our texts are only there to be looked at. */
function missing(draft: TemplateDraft): FieldError[] {
  if (draft.providerTemplateName !== null) return [];
  const needsSubject = draft.channelType === 'EMAIL' && draft.subject === null;
  const needsText = draft.body === null && draft.html === null;
  return [
    ...(needsSubject ? [{ pointer: '/subject', message: 'is needed on EMAIL' }] : []),
    ...(needsText
      ? [
          {
            pointer: '/body',
            message: `is needed${draft.channelType === 'SMS' ? '' : ', or html where it has a place'}`,
          },
        ]
      : []),
  ];
}
