import { isJsonObject, type JsonObject } from '../json';

/** The longest 64-bit integer with its sign; longer digits are nobody's id. */
const LONGEST_INTEGER = 20;

/**
 * The object that the bytes hold, its integers exact: Telegram's ids are documented as 64-bit, and a number of JavaScript
 * rounds them beyond 2^53, which would name another chat. Those become a bigint. Never throws.
 */
export function readExactly(bytes: Buffer): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'), exact);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The integer as text, undefined when the member is none. */
export function idOf(object: JsonObject, name: string): string | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : undefined;
}

/** The member when it is an object, else an empty one. */
export function objectOf(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isJsonObject(value) ? value : {};
}

function exact(_name: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const digits = context?.source ?? '';
  return digits.length <= LONGEST_INTEGER && /^-?\d+$/.test(digits) ? BigInt(digits) : value;
}
