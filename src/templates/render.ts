import { Problem, type FieldError } from '../platform/http/problem';
import { type Flavour, parsePart, type Part, renderPart } from './liquid';
import { TemplateFault } from './template-fault';
import { textOfHtml } from './text-of-html';
import { bindVariables, pointerTo, type VariableSpec } from './variables';

/** The texts of a template, each in Liquid. */
export interface TemplateTexts {
  subject: string | null;
  body: string | null;
  html: string | null;
}

export interface CompiledTemplate {
  parts: readonly { name: PartName; part: Part }[];
  variables: readonly VariableSpec[];
}

/** What a template became with its values. */
export interface RenderedTexts {
  subject?: string;
  text?: string;
  html?: string;
}

type PartName = keyof TemplateTexts;

/** How values are written into each text, and what it is called in a message. */
const PARTS = {
  subject: { flavour: 'line', content: 'subject' },
  body: { flavour: 'text', content: 'text' },
  html: { flavour: 'html', content: 'html' },
} as const satisfies Record<PartName, { flavour: Flavour; content: keyof RenderedTexts }>;
const PART_NAMES = Object.keys(PARTS) as PartName[];

/** Parses every text of a template. Throws Problem 422 naming each that is not in the language. */
export function compileTemplate(texts: TemplateTexts, variables: readonly VariableSpec[]): CompiledTemplate {
  const faults: FieldError[] = [];
  const parts = PART_NAMES.flatMap((name) => {
    const source = texts[name];
    if (source === null) return [];
    const part = attempt(
      () => parsePart(source, PARTS[name].flavour),
      (fault) => faults.push({ pointer: `/${name}`, message: fault.message }),
    );
    return part ? [{ name, part }] : [];
  });
  if (faults.length) throw Problem.invalidFields(faults);
  return { parts, variables };
}

/**
 * Writes the values into every text; with `needsText`, what has none gets one that is made of the HTML. Throws Problem 422 naming
 * the variables that are missing or cannot be written.
 */
export function renderTemplate(
  template: CompiledTemplate,
  given: Readonly<Record<string, unknown>>,
  { needsText = false } = {},
): RenderedTexts {
  const values = bindVariables(template.variables, given);
  const faults: FieldError[] = [];
  const rendered: RenderedTexts = {};
  for (const { name, part } of template.parts) {
    const text = attempt(
      () => renderPart(part, values),
      (fault) => faults.push(valueFault(name, part, fault)),
    );
    if (text === undefined) continue;
    if (text.trim() === '') faults.push({ pointer: '/variables', message: `leave the ${name} of the template empty` });
    rendered[PARTS[name].content] = text;
  }
  const { html } = rendered;
  if (needsText && html !== undefined && rendered.text === undefined) {
    const text = attempt(
      () => textOfHtml(html),
      ({ message }) => faults.push({ pointer: '/variables', message: `html of the template: ${message}` }),
    );
    if (text) rendered.text = text;
  }
  if (faults.length) throw Problem.invalidFields(faults);
  return rendered;
}

/** Names the variable where one is missing; a name that a loop made is nobody's variable, and stands in the message alone. */
function valueFault(name: PartName, part: Part, { message, path }: TemplateFault): FieldError {
  const [root] = path ?? [];
  if (path && root !== undefined && part.inputs.has(root))
    return { pointer: pointerTo(path), message: `is used in the ${name} of the template, but is missing` };
  return { pointer: '/variables', message: `${name} of the template: ${message}` };
}

function attempt<T>(work: () => T, onFault: (fault: TemplateFault) => void): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    onFault(error);
    return undefined;
  }
}
