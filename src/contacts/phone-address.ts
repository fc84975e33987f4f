import { type NumberType, parsePhoneNumberWithError } from 'libphonenumber-js/max';
import type { Normalised } from './normalised';

/**
 * A phone number in E.164. Spaces, dots, dashes, slashes and parentheses are taken out; everything else that is not `+` and ASCII
 * digits is refused, because a number that reads differently to people and to us must not be dialled. The number must exist
 * in its country's plan (libphonenumber, full metadata) and be of a kind that people receive messages on. Twilio's test
 * numbers (+1 500 555 ....) and the sandbox's magic endings on a real area code are such numbers, so they need no exception.
 */
export function normalisePhone(input: string): Normalised {
  if (isProven(input)) return { address: input };
  const fault = spellingFault(input);
  if (fault) return { fault };

  const number = input.replace(SEPARATORS, '');
  if (isProven(number)) return { address: number };
  const reason = numberFault(number);
  if (reason) return { fault: reason };
  remember(number);
  return { address: number };
}

/**
 * Numbers lately found good: looking one up in the numbering plans takes 10 to 20 microseconds, and campaigns, replies and
 * retries come back to the same ones. Two sets that take turns, so that making room costs nothing: a full one becomes the
 * older one, and what was not asked for since goes with the one before it.
 */
let proven = new Set<string>();
let provenBefore = new Set<string>();
const MOST_PROVEN = 10_000;

function isProven(number: string): boolean {
  if (proven.has(number)) return true;
  if (!provenBefore.has(number)) return false;
  remember(number);
  return true;
}

function remember(number: string): void {
  if (proven.size >= MOST_PROVEN) {
    provenBefore = proven;
    proven = new Set();
  }
  proven.add(number);
}

const SEPARATORS = /[ .()/-]/g;
const SPELLED = /^ *\+[\d .()/-]{2,38}$/;
/** E.164, 6.2: at most 15 digits; the shortest assigned numbers with their country code have 7. */
const DIGITS = /^\+[1-9]\d{6,14}$/;

/** Checked from top to bottom: what people usually send instead, each with what to do about it. */
const MISSPELLINGS: readonly { pattern: RegExp; fault: string }[] = [
  { pattern: /^tel:/i, fault: 'must be the number alone, without tel:' },
  { pattern: /[,;/].*\+/, fault: 'must be one number, not a list' },
  { pattern: /ext|x\d|[;,#*]/i, fault: 'must be one number without an extension' },
  { pattern: /^\s*00\d/, fault: 'must start with + and the country code; write + instead of 00' },
  { pattern: /^\s*[\d(][\d .()/-]*$/, fault: 'must start with + and the country code, such as +14155552671' },
];
const NOT_A_NUMBER = 'must be a phone number in E.164, such as +14155552671, in plain digits';

function spellingFault(input: string): string | undefined {
  if (SPELLED.test(input)) return undefined;
  return MISSPELLINGS.find(({ pattern }) => pattern.test(input))?.fault ?? NOT_A_NUMBER;
}

/** Codes of no country: satellite networks and global services, dear to reach and unable to answer (ITU-T E.164.1). */
const GLOBAL_NETWORKS = new Set(['870', '878', '881', '882', '883', '888']);
const UNREACHABLE_TYPES: ReadonlyMap<NumberType, string> = new Map([
  ['PREMIUM_RATE', 'is a premium-rate number, which this service does not message'],
  ['TOLL_FREE', 'is a toll-free number, which cannot receive messages'],
  ['SHARED_COST', 'is a shared-cost number, which cannot receive messages'],
  ['PAGER', 'is a pager, which cannot receive messages'],
  ['VOICEMAIL', 'is a voice mailbox, which cannot receive messages'],
]);

function numberFault(number: string): string | undefined {
  if (!DIGITS.test(number)) return 'must have 7 to 15 digits, beginning with a country code';
  const parsed = parse(number);
  if (!parsed) return 'must begin with a country code that exists, such as +1 or +44';
  if (GLOBAL_NETWORKS.has(parsed.countryCallingCode))
    return 'is a number of a satellite or global network, which this service does not message';
  // Old Mexican mobile numbers had a 1 after the country code until 2019; carriers no longer deliver to that form.
  if (/^\+521\d{10}$/.test(number)) return 'has the old Mexican form; leave out the 1 after +52';
  const type = parsed.getType();
  if (type === undefined && !parsed.isValid()) return 'is not a number that exists in its country';
  return UNREACHABLE_TYPES.get(type);
}

function parse(number: string) {
  try {
    const parsed = parsePhoneNumberWithError(number, { extract: false });
    // The same text back, or the library understood something else (an extension, a trunk prefix) than we would store.
    return parsed.number === number ? parsed : undefined;
  } catch {
    return undefined;
  }
}
