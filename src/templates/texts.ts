import { type FieldError, Problem } from '../platform/http/problem';
import { checkLayout } from './layout-content';
import {
  type CompiledTemplate,
  compileTemplate,
  type RenderedTexts,
  renderTemplate,
  type TemplateTexts,
} from './render';
import { TemplateFault } from './template-fault';
import type { VariableSpec } from './variables';

/** A template to parse, and with `given` to render. */
export interface TextsJob {
  texts: TemplateTexts;
  variables: readonly VariableSpec[];
  /** Whether a mail without a text gets one that is made of its HTML. */
  needsText: boolean;
  given?: Readonly<Record<string, unknown>>;
  /** Whether the HTML stands around e-mails. */
  isLayout?: boolean;
}

/** What became of it: the rendered texts, nothing where it was only parsed, or what is wrong. */
export type TextsAnswer = { rendered?: RenderedTexts } | { faults: readonly FieldError[] };

/** Parsed templates that are kept; each may have 200 kB of source. */
const MOST_KEPT = 30;
const kept = new Map<string, CompiledTemplate>();

/** Does the job. What it costs depends on strangers, so that it runs in a thread. */
export function answerTo({ texts, variables, needsText, given, isLayout = false }: TextsJob): TextsAnswer {
  try {
    const compiled = { ...parsed(texts), variables };
    if (isLayout) checkLayout(texts.html ?? '');
    return given ? { rendered: renderTemplate(compiled, given, { needsText }) } : {};
  } catch (error) {
    if (error instanceof Problem) return { faults: error.errors };
    if (error instanceof TemplateFault) return { faults: [{ pointer: '/html', message: error.message }] };
    throw error;
  }
}

function parsed(texts: TemplateTexts): CompiledTemplate {
  const key = JSON.stringify(texts);
  const known = kept.get(key);
  if (known) return known;
  const compiled = compileTemplate(texts, []);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(key, compiled);
  return compiled;
}
