import { isUtf8 } from 'node:buffer';
import { Problem } from './problem';
import { isWellFormed } from './text';

export interface StrictJsonOptions {
  /** Deepest nesting of objects and arrays; the outermost counts as 1. */
  maxDepth: number;
  /** Accept an array as the outermost value; an object is always accepted. */
  allowArray?: boolean;
}

/**
 * Parses a request body, refusing what JSON.parse lets through and what breaks further down: a byte order mark, invalid
 * UTF-8, repeated keys (the last would win silently), deep nesting (overflows recursive code), NUL and half surrogate
 * pairs (PostgreSQL refuses both), and the keys that reach a prototype.
 * @throws Problem invalid_json, with the position in characters where it is known
 */
export function parseStrictJson(raw: Buffer, options: StrictJsonOptions): unknown {
  const text = decode(raw);
  new Inspection(text, options.maxDepth).run();

  const value = parse(text);
  if (typeof value === 'object' && value !== null && (options.allowArray || !Array.isArray(value))) return value;
  throw Problem.invalidJson(`The outermost value is not an object${options.allowArray ? ' or array' : ''}`);
}

/**
 * What comes after the parser takes its time for every object, and for the keys of one object more than in proportion: a
 * megabyte of `{}` or of keys would keep this process from everybody else for seconds.
 */
const MOST_KEYS = 1_000;
const MOST_ITEMS = 20_000;
const MOST_CONTAINERS = 50_000;

/** Every name that an object inherits: class-transformer and class-validator take such a key for one of the class. */
const FORBIDDEN_KEYS = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * One pass over the text before JSON.parse, with its own stack so that depth cannot overflow ours. It does not check the
 * grammar: whatever is malformed, JSON.parse refuses afterwards.
 */
class Inspection {
  /** The keys seen so far of each open object, innermost last; null stands for an array. */
  private readonly open: (Set<string> | null)[] = [];
  /** How many members each of them has so far, not counting the one that is being read. */
  private readonly members: number[] = [];
  private entered = 0;
  private expectsKey = false;
  /** The first backslash not yet passed, or -1: most strings are skipped without looking for escapes in them. */
  private backslash: number;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {
    this.backslash = text.indexOf('\\');
  }

  run(): void {
    const { text } = this;
    for (let at = 0; at < text.length; at++) {
      const char = text.charCodeAt(at);
      if (char === QUOTE) at = this.readString(at);
      else if (char === COMMA) this.next(at);
      else if (char === OPEN_BRACE) this.enter(new Set(), at);
      else if (char === OPEN_BRACKET) this.enter(null, at);
      else if (char === CLOSE_BRACE || char === CLOSE_BRACKET) this.leave();
    }
  }

  private enter(keys: Set<string> | null, at: number): void {
    if (this.open.length === this.maxDepth) throw Problem.invalidJson(`Nested deeper than ${this.maxDepth}`, at);
    if (++this.entered > MOST_CONTAINERS)
      throw Problem.invalidJson(`More than ${MOST_CONTAINERS} objects and arrays`, at);
    this.open.push(keys);
    this.members.push(0);
    this.expectsKey = keys !== null;
  }

  private leave(): void {
    this.open.pop();
    this.members.pop();
    this.expectsKey = false;
  }

  private next(at: number): void {
    const isObject = (this.open.at(-1) ?? null) !== null;
    this.expectsKey = isObject;
    const members = (this.members.pop() ?? 0) + 1;
    this.members.push(members);
    if (isObject && members >= MOST_KEYS) throw Problem.invalidJson(`An object has more than ${MOST_KEYS} keys`, at);
    if (members >= MOST_ITEMS) throw Problem.invalidJson(`An array has more than ${MOST_ITEMS} items`, at);
  }

  /** Checks the string that opens at `start`, and answers the position of its closing quote. */
  private readString(start: number): number {
    const firstBackslash = this.backslash;
    const end = this.closingQuote(start);
    const isKey = this.expectsKey;
    this.expectsKey = false;

    const isEscaped = this.backslash !== firstBackslash;
    if (isEscaped) this.checkEscaped(start, end, isKey);
    else if (isKey) this.noteKey(this.text.slice(start + 1, end), start);
    return end;
  }

  /** Moves past every escape of the string; the end of the text stands for a missing quote. */
  private closingQuote(start: number): number {
    let end = this.text.indexOf('"', start + 1);
    while (this.backslash !== -1 && this.backslash < end) {
      const next = this.backslash + 2;
      if (end < next) end = this.text.indexOf('"', next);
      this.backslash = this.text.indexOf('\\', next);
    }
    return end === -1 ? this.text.length : end;
  }

  private checkEscaped(start: number, end: number, isKey: boolean): void {
    const value = unescape(this.text.slice(start, end + 1));
    if (value === undefined) return;
    if (value.includes('\0')) throw Problem.invalidJson('A string contains NUL', start);
    if (!isWellFormed(value)) throw Problem.invalidJson('A string contains half a surrogate pair', start);
    if (isKey) this.noteKey(value, start);
  }

  private noteKey(key: string, at: number): void {
    if (FORBIDDEN_KEYS.has(key)) throw Problem.invalidJson('A key is not allowed', at);
    const keys = this.open.at(-1);
    if (keys?.has(key)) throw Problem.invalidJson('A key is repeated', at);
    keys?.add(key);
  }
}

function decode(raw: Buffer): string {
  if (raw.length === 0) throw Problem.invalidJson('The body is empty');
  if (!isUtf8(raw)) throw Problem.invalidJson('The body is not UTF-8');
  const text = raw.toString('utf8');
  if (text.startsWith('\uFEFF')) throw Problem.invalidJson('The body starts with a byte order mark', 0);
  return text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // V8's message quotes the body; only the position is taken from it.
    const position = /at position (\d+)/.exec(String(error))?.[1];
    throw Problem.invalidJson('The body is not valid JSON', position === undefined ? undefined : Number(position));
  }
}

/** The string that a JSON literal stands for; undefined when malformed, which JSON.parse will report with its place. */
function unescape(literal: string): string | undefined {
  try {
    return String(JSON.parse(literal));
  } catch {
    return undefined;
  }
}
