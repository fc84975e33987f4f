import { inLayout } from './layout-content';
import { isPlain } from './plain';
import { type CompiledTemplate, compileTemplate, type TemplateTexts } from './render';
import type { TemplateRow } from './template.queries';
import type { VariableSpec } from './variables';

/** What a template is rendered from. */
export interface TemplateSource {
  /** With the layout around the HTML. */
  texts: TemplateTexts;
  variables: readonly VariableSpec[];
  /** Whether a mail without a text gets one that is made of its HTML. */
  needsText: boolean;
  /** Parsed, where it is so plain that it needs no thread. */
  plain?: CompiledTemplate;
}

/** Throws Problem 422 for what a newer version of this program does not take any more. */
export function sourceOf(template: TemplateRow): TemplateSource {
  const { subject, body, html, layoutHtml, variables, channelType } = template;
  const texts = { subject, body, html: html !== null && layoutHtml !== null ? inLayout(layoutHtml, html) : html };
  const needsText = channelType === 'EMAIL' && body === null && html !== null;
  const isSimple = !needsText && [subject, body, texts.html].every((text) => text === null || isPlain(text));
  return { texts, variables, needsText, ...(isSimple && { plain: compileTemplate(texts, variables) }) };
}
