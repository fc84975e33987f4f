import { domainToASCII, domainToUnicode } from 'node:url';
import type { Normalised } from './normalised';

/**
 * A bare e-mail address: ASCII local part, a public domain name, no display name, quotes, comments or address literal. All of
 * it is folded to lower case: RFC 5321 would let a mailbox tell `A@` from `a@`, none in use does, and a suppression of one must
 * hold for the other. International domains become punycode; international local parts (SMTPUTF8) are refused.
 */
export function normaliseEmail(input: string): Normalised {
  const fault = usualFault(input);
  if (fault) return { fault };

  const at = input.lastIndexOf('@');
  const local = input.slice(0, at);
  if (local.length > MAX_LOCAL) return { fault: `must have at most ${MAX_LOCAL} characters before the @` };
  if (!ASCII.test(local))
    return { fault: 'must have plain ASCII letters before the @; international mailboxes are not supported' };
  if (!DOT_ATOM.test(local)) return { fault: 'has characters before the @ that a mailbox may not have' };
  const domain = toAscii(input.slice(at + 1));
  if (domain === undefined) return { fault: 'must have a public domain name after the @, such as example.com' };

  const address = `${local.toLowerCase()}@${domain}`;
  return address.length > MAX_ADDRESS ? { fault: TOO_LONG } : { address };
}

/** RFC 5321, 4.5.3.1, less the angle brackets of a path. */
const MAX_ADDRESS = 254;
const MAX_LOCAL = 64;
const TOO_LONG = `must have at most ${MAX_ADDRESS} characters`;

const ASCII = /^[\x20-\x7e]*$/;
/** RFC 5322, 3.2.3. */
const DOT_ATOM = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/;

/** Checked from top to bottom: what people, copied lists and attackers send instead. */
const MISSHAPES: readonly { pattern: RegExp; fault: string }[] = [
  {
    pattern: /[\p{Control}\p{Format}\p{Surrogate}\u2028\u2029]/u,
    fault: 'must not have control or invisible characters',
  },
  { pattern: /^mailto:/i, fault: 'must be the address alone, without mailto:' },
  { pattern: /[<>]/, fault: 'must be the address alone, without a name or angle brackets' },
  { pattern: /[,;]/, fault: 'must be one address, not a list' },
  { pattern: /"|\\/, fault: 'must not have quotes or backslashes' },
  { pattern: /\s/, fault: 'must not have spaces' },
  { pattern: /@.*@/, fault: 'must have one @' },
  { pattern: /@\[/, fault: 'must have a domain name after the @, not an IP address' },
  { pattern: /^[^@]+@[^@]+$/, fault: '' },
];

function usualFault(input: string): string | undefined {
  // Counted in UTF-16 units of what came in: punycode only makes it longer.
  if (input.length > MAX_ADDRESS) return TOO_LONG;
  const found = MISSHAPES.find(({ pattern }) => pattern.test(input));
  return found ? found.fault : 'must be an e-mail address, such as ada@example.com';
}

const ASCII_DOMAIN = /^[A-Za-z0-9.-]+$/;
const WORDS = /^[\p{Letter}\p{Mark}\p{Number}.-]+$/u;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** A top-level domain is never all digits (RFC 3696, 2), which also keeps IP addresses in any notation out. */
const TOP_LEVEL = /^(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$/;
/** Names that lead nowhere outside a machine or a private network: RFC 6761, RFC 6762, RFC 7686, ICANN 2024 (internal). */
const PRIVATE_TOP_LEVELS = new Set(['localhost', 'local', 'internal', 'onion']);

/** The domain in lower-case ASCII; undefined when it is none that mail can be sent to. */
function toAscii(domain: string): string | undefined {
  const name = ASCII_DOMAIN.test(domain) && !/xn--/i.test(domain) ? domain.toLowerCase() : internationalToAscii(domain);
  if (name.length > 253) return undefined;
  const labels = name.split('.');
  const top = labels.at(-1) ?? '';
  const isPublic = labels.length >= 2 && TOP_LEVEL.test(top) && !PRIVATE_TOP_LEVELS.has(top);
  return isPublic && labels.every((label) => LABEL.test(label)) ? name : undefined;
}

/** Punycode of a name; empty when it is not one, or when it only looks like another (full-width letters, ideographic dots). */
function internationalToAscii(domain: string): string {
  if (!WORDS.test(domain) || domain.normalize('NFKC') !== domain.normalize('NFC')) return '';
  const name = domainToASCII(domain);
  // Punycode that stands for nothing stays as it is when decoded.
  return domainToUnicode(name).includes('xn--') ? '' : name;
}
