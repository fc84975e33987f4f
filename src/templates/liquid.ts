import {
  AssertionError,
  Context,
  Filter,
  type Liquid,
  LiquidError,
  Output,
  type Template,
  Tokenizer,
  toValueSync,
  UndefinedVariableError,
} from 'liquidjs';
import { ESCAPES, lineText, scalarText } from './escapes';
import { placesOfOutputs } from './html-outputs';
import type { Place } from './html-places';
import { language, MAX_HTML_BYTES, MAX_SOURCE_BYTES } from './language';
import { TemplateFault } from './template-fault';

/** How values are written into a part: escaped for their place in HTML, as they are, or as they are but on one line. */
export type Flavour = 'html' | 'text' | 'line';

/** A parsed part of a template, ready to be rendered any number of times. */
export interface Part {
  flavour: Flavour;
  nodes: Template[];
  /** Names that it takes from outside. */
  inputs: ReadonlySet<string>;
  /** Where outputs stand in HTML, by the position of their first brace. */
  places: ReadonlyMap<number, Place>;
}

/** Longest result of one part, in UTF-16 units. */
export const MAX_OUTPUT = 262_144;
/** Most steps of one rendering: tags, outputs, pieces of text and turns of loops. Counted, not timed: the same on a busy machine. */
const MAX_STEPS = 5_000;

/** Throws TemplateFault for what is not in the language, or too long. */
export function parsePart(source: string, flavour: Flavour): Part {
  const most = flavour === 'html' ? MAX_HTML_BYTES : MAX_SOURCE_BYTES;
  if (Buffer.byteLength(source) > most) throw new TemplateFault(`must have at most ${most} bytes`);
  return guarded(() => {
    const engine = ENGINES[flavour];
    const nodes = engine.parse(source);
    const places = flavour === 'html' ? placesIn(source, engine) : new Map<number, Place>();
    if (flavour === 'html') writeByPlace(nodes, places, engine);
    const inputs = new Set(engine.globalVariablesSync(nodes, { partials: false }));
    return { flavour, nodes, inputs, places };
  });
}

function placesIn(source: string, { options }: Liquid): ReadonlyMap<number, Place> {
  return placesOfOutputs(new Tokenizer(source, options.operators).readTopLevelTokens(options));
}

/** Gives every output of the nodes, and of what is inside of them, the escape of its place instead of the one that refuses. */
function writeByPlace(nodes: readonly Template[], places: ReadonlyMap<number, Place>, liquid: Liquid): void {
  for (const node of nodes) {
    if (node instanceof Output) {
      const { filters } = node.value;
      const place = places.get(node.token.begin);
      // What was encoded for an address by the template's own words is not encoded twice.
      const isEncoded = place === 'LINK_PART' && filters.at(-2)?.name === 'url_encode';
      const write = place && ESCAPES[isEncoded ? 'ATTRIBUTE' : place];
      if (write && ESCAPE_TOKEN) filters.splice(-1, 1, new Filter(ESCAPE_TOKEN, write, liquid));
    } else if (node.children) writeByPlace(toValueSync(node.children(false, true)), places, liquid);
  }
}

/** The library makes no other filter tokens than those that it has read. */
const [ESCAPE_TOKEN] = new Tokenizer('value | escape').readFilteredValue().filters;

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

const ENGINES: Readonly<Record<Flavour, Liquid>> = {
  // Every output gets the escape of its place; what was missed must not be written.
  html: language(() => {
    throw new TemplateFault('stands where nothing can be written');
  }),
  text: language(scalarText),
  line: language(lineText),
};

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
