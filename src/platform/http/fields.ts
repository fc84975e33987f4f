import { ValidateBy, type ValidationOptions } from 'class-validator';
import { isIanaZone, isLocalTime, isRfc3339 } from './time-fields';
import { isStorable, lengthInCodePoints } from './text';

/** A UUID in its canonical form: 36 characters, lower case. PostgreSQL would take others, which then compare as different. */
export function IsUuid(options?: ValidationOptions): PropertyDecorator {
  return field('uuid', isUuid, 'must be a UUID in lower case with dashes', options);
}

/** Whether the value is a UUID in its canonical form. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
}

export interface PlainTextOptions extends ValidationOptions {
  /** Accept line breaks and tabs, as in a note or a message. */
  newlines?: boolean;
}

/**
 * Text that can be stored and seen: 1 to `max` code points, no NUL or other control character, no half of a surrogate pair,
 * and something besides white space and invisible characters. On one line unless `newlines`; one line also excludes the
 * overrides of writing direction, which make a name read as another.
 */
export function IsPlainText(max: number, options: PlainTextOptions = {}): PropertyDecorator {
  const { newlines = false, ...rest } = options;
  const message = `must be visible text of 1 to ${max} characters${newlines ? '' : ' on one line'}`;
  return field('plainText', (value) => isPlainText(value, max, newlines), message, rest);
}

/** An instant with its offset, `2026-12-01T09:00:00Z`, that the calendar has, from 1970 to 2200. Stays text. */
export function IsRfc3339(options?: ValidationOptions): PropertyDecorator {
  return field('rfc3339', isRfc3339, 'must be a date and time with offset, such as 2026-12-01T09:00:00Z', options);
}

/** An instant with its offset, or a local time without one, `2026-12-01T09:00`, for which a time zone has to be given. */
export function IsInstantOrLocalTime(options?: ValidationOptions): PropertyDecorator {
  const message = 'must be a date and time such as 2026-12-01T09:00:00Z, or 2026-12-01T09:00 with a timezone';
  return field('instantOrLocalTime', (value) => isRfc3339(value) || isLocalTime(value), message, options);
}

/** A time zone of the IANA database: `Europe/Berlin` or `UTC`; no abbreviation, no offset. */
export function IsIanaZone(options?: ValidationOptions): PropertyDecorator {
  return field('ianaZone', isIanaZone, 'must be an IANA time zone such as Europe/Berlin', options);
}

/** A language with optional script and region, in the usual case: `de`, `de-AT`, `zh-Hant`, `es-419` (BCP 47). */
export function IsLanguageTag(options?: ValidationOptions): PropertyDecorator {
  return field('languageTag', isLanguageTag, 'must be a language tag such as de or de-AT', options);
}

/** A non-negative decimal as text, up to 12 digits before and 6 after the point: `0.0075`. */
export function IsMoneyAmount(options?: ValidationOptions): PropertyDecorator {
  const isAmount = (value: unknown) => typeof value === 'string' && /^(0|[1-9]\d{0,11})(\.\d{1,6})?$/.test(value);
  return field('moneyAmount', isAmount, 'must be a decimal as text, such as "0.0075"', options);
}

/** What a caller may attach to a thing: up to 50 keys of 1 to 40 characters; text up to 500, numbers, true, false, null. */
export function IsMetadata(options?: ValidationOptions): PropertyDecorator {
  const message =
    'must be an object of at most 50 keys (40 characters) with text (500 characters), numbers, booleans or null';
  return field('metadata', isMetadata, message, options);
}

/** A rule without parameters, in the words of its message. */
function field(
  name: string,
  validate: (value: unknown) => boolean,
  message: string,
  options?: ValidationOptions,
): PropertyDecorator {
  return ValidateBy({ name, validator: { validate, defaultMessage: () => message } }, options);
}

const CONTROL = /[\p{Control}\u2028\u2029\u202d\u202e]/u;
const CONTROL_BUT_NEWLINES = /[^\P{Control}\n\r\t]/u;
/** Space, zero-width, direction marks, fillers, and U+2800, the blank of Braille. */
const INVISIBLE_ONLY = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Format}\u2800]*$/u;

/** Whether the value is text as IsPlainText takes it. */
export function isPlainText(value: unknown, max: number, newlines = false): value is string {
  return (
    typeof value === 'string' &&
    value.length <= max * 2 &&
    lengthInCodePoints(value) <= max &&
    isStorable(value) &&
    !(newlines ? CONTROL_BUT_NEWLINES : CONTROL).test(value) &&
    !INVISIBLE_ONLY.test(value)
  );
}

/** Whether the value is a language tag as IsLanguageTag takes it. */
export function isLanguageTag(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?$/.test(value);
}

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= 50 && entries.every(([key, item]) => isTextUpTo(key, 40) && key !== '' && isScalar(item));
}

function isScalar(value: unknown): boolean {
  if (typeof value === 'string') return isTextUpTo(value, 500);
  return value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}

function isTextUpTo(value: string, max: number): boolean {
  return value.length <= max * 2 && lengthInCodePoints(value) <= max && isStorable(value);
}
