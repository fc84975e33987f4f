import { domainToASCII } from 'node:url';

/**
 * An address that means the same in a header and in the envelope: no quoted local part, no comment, no route, no blank,
 * nothing invisible.
 */
const ADDRESS = /^[^\s@<>()[\]\\",:;\p{C}]{1,64}@[^\s@<>()[\]\\",:;\p{C}]{1,253}$/u;

export function isAddress(text: unknown): text is string {
  return typeof text === 'string' && ADDRESS.test(text) && domainOf(text) !== '';
}

/** With the domain in ASCII; a local part beyond ASCII is left to servers that know SMTPUTF8. */
export function wireAddress(address: string): string {
  return `${address.slice(0, address.lastIndexOf('@'))}@${domainOf(address)}`;
}

/** The domain in ASCII; empty when it is none. */
export function domainOf(address: string): string {
  return domainToASCII(address.slice(address.lastIndexOf('@') + 1));
}

/**
 * The text on one line, meaning what it says: control characters and line ends of any alphabet become a blank, and what
 * looks like an encoded word (RFC 2047) no longer does, for a reader would decode it, line ends and all.
 */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(/=\?(?=[\w*-]+\?[bq]\?)/gi, '= ?')
    .trim();
}
