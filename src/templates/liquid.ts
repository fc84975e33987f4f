import {
  AssertionError,
  Context,
  Liquid,
  LiquidError,
  type Template,
  toValueSync,
  UndefinedVariableError,
} from 'liquidjs';

/** How values are written into a part: escaped for HTML, as they are, or as they are but on one line. */
export type Flavour = 'html' | 'text' | 'line';

/** A parsed part of a template, ready to be rendered any number of times. */
export interface Part {
  flavour: Flavour;
  nodes: Template[];
  /** Names that it takes from outside. */
  inputs: ReadonlySet<string>;
}

/** What is wrong with a template, or with the values for it. The message quotes the template's text, never a value. */
export class TemplateFault extends Error {
  override readonly name = 'TemplateFault';

  /** `path` leads to the value that is missing, where that is what is wrong: `['user', 'name']`. */
  constructor(
    message: string,
    readonly path?: readonly string[],
  ) {
    super(message);
  }
}

/** Longest source of one part, in bytes of UTF-8. */
export const MAX_SOURCE_BYTES = 65_536;
/** Longest result of one part, in UTF-16 units. */
export const MAX_OUTPUT = 262_144;
/** Most steps of one rendering: tags, outputs, pieces of text and turns of loops. Counted, not timed: the same on a busy machine. */
const MAX_STEPS = 5_000;
/** Most units, mostly characters, that filters and ranges may produce on the way. */
const MAX_MEMORY = 2_000_000;

/** Throws TemplateFault for what is not in the language, or too long. */
export function parsePart(source: string, flavour: Flavour): Part {
  if (Buffer.byteLength(source) > MAX_SOURCE_BYTES)
    throw new TemplateFault(`must have at most ${MAX_SOURCE_BYTES} bytes`);
  return guarded(() => {
    const nodes = ENGINES[flavour].parse(source);
    const inputs = new Set(ENGINES[flavour].globalVariablesSync(nodes, { partials: false }));
    return { flavour, nodes, inputs };
  });
}

/** The part with its values. Throws TemplateFault for a missing value, one that cannot be written, and for going too far. */
export function renderPart(part: Part, values: object): string {
  const engine = ENGINES[part.flavour];
  const output = new CappedOutput();
  const context = new Context(values, engine.options, { sync: true }, { liquid: engine });
  let steps = 0;
  context.renderLimit.check = () => {
    if (++steps > MAX_STEPS) throw new TemplateFault(`takes more than ${MAX_STEPS} steps`);
  };
  guarded(() => toValueSync(engine.renderer.renderTemplates(part.nodes, context, output)));
  // Filters may cut a surrogate pair in half, which no database stores.
  return output.buffer.toWellFormed();
}

/** The tags of the language: conditions, loops, names for values. None that reads files, none that reads a value as a template. */
const TAGS = new Set(['if', 'unless', 'case', 'for', 'break', 'continue', 'assign', 'comment', 'raw', '#']);

/**
 * The filters of the language. Left out on purpose: `date` (CVE-2026-45357), `strip_html` (CVE-2026-45617), everything that
 * takes an expression as text, the escapes (values are escaped by where they stand), and `raw`, which would undo that.
 */
const FILTERS = new Set(
  `append prepend upcase downcase capitalize strip lstrip rstrip squish strip_newlines truncate truncatewords replace
  replace_first replace_last remove remove_first remove_last slice split join first last size reverse sort sort_natural uniq
  map sum compact concat where default plus minus times divided_by modulo round ceil floor abs at_least at_most
  url_encode`.split(/\s+/),
);

const LINE_BREAKING = /[\p{Control}\u2028\u2029]/u;
const HTML_SPECIAL = /[&<>"'`]/g;

const ENGINES: Readonly<Record<Flavour, Liquid>> = {
  html: engine((value) => scalarText(value).replace(HTML_SPECIAL, (char) => `&#${char.charCodeAt(0)};`)),
  text: engine(scalarText),
  line: engine((value) => {
    const text = scalarText(value);
    if (LINE_BREAKING.test(text)) throw new TemplateFault('gets a value with a line break or control character');
    return text;
  }),
};

function engine(write: (value: unknown) => string): Liquid {
  const liquid = new Liquid({
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    parseLimit: MAX_SOURCE_BYTES,
    memoryLimit: MAX_MEMORY,
    outputEscape: write,
  });
  for (const tag of Object.keys(liquid.tags)) if (!TAGS.has(tag)) delete liquid.tags[tag];
  for (const filter of Object.keys(liquid.filters)) if (!FILTERS.has(filter)) liquid.unregisterFilter(filter);
  return liquid;
}

/** Nobody wants to read "[object Object]" or "Infinity" in a letter. */
function scalarText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object')
    throw new TemplateFault('is a list or an object: write one of its values, or join the list');
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TemplateFault('is not a number that can be written');
  return String(value as string | number | boolean);
}

class CappedOutput {
  buffer = '';

  write(text: unknown): void {
    this.buffer += String(text);
    if (this.buffer.length > MAX_OUTPUT) throw new TemplateFault(`becomes longer than ${MAX_OUTPUT} characters`);
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw asFault(error);
  }
}

const LONGEST_MESSAGE = 300;

function asFault(error: unknown): TemplateFault {
  if (error instanceof TemplateFault) return error;
  // Nested too deeply for the parser's stack.
  if (error instanceof RangeError) return new TemplateFault('is nested too deeply');
  if (error instanceof AssertionError) return new TemplateFault(error.message);
  if (!LiquidError.is(error)) throw error;
  const path = error instanceof UndefinedVariableError ? missingPath(error) : undefined;
  const quoted = error.originalError instanceof TemplateFault ? `${error.token.getText()} ` : '';
  return new TemplateFault(`${quoted}${error.message}`.slice(0, LONGEST_MESSAGE), path);
}

function missingPath(error: UndefinedVariableError): string[] | undefined {
  return /^undefined variable: (.+)$/s.exec(error.originalError?.message ?? '')?.[1]?.split('.');
}
