import type { Place } from './html-places';
import { TemplateFault } from './template-fault';

const HTML_SPECIAL = /[&<>"'`]/g;
const LINE_BREAKING = /[\p{Control}\u2028\u2029]/u;

/** A value as text. Nobody wants to read "[object Object]" or "Infinity" in a letter. */
export function scalarText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'object')
    throw new TemplateFault('is a list or an object: write one of its values, or join the list');
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new TemplateFault('is not a number that can be written');
  return String(value as string | number | boolean);
}

/** A value as text that cannot begin a new line. */
export function lineText(value: unknown): string {
  const text = scalarText(value);
  if (LINE_BREAKING.test(text)) throw new TemplateFault('gets a value with a line break or control character');
  return text;
}

/** How a value is written so that it stays a value where it stands in HTML. */
export const ESCAPES: Readonly<Record<Place, (value: unknown) => string>> = {
  TEXT: (value) => escapeHtml(scalarText(value)),
  ATTRIBUTE: (value) => escapeHtml(scalarText(value)),
  STYLE: (value) => styleText(scalarText(value)),
  LINK: (value) => escapeHtml(linkText(scalarText(value))),
  LINK_PART: (value) => escapeHtml(encodeURIComponent(scalarText(value).toWellFormed())),
};

function escapeHtml(text: string): string {
  return text.replace(HTML_SPECIAL, (char) => `&#${char.charCodeAt(0)};`);
}

/** What cannot end a declaration, nor begin a function. */
function styleText(text: string): string {
  if (/[^\p{L}\p{N} #%.,+:/?=&@~_-]/u.test(text)) throw new TemplateFault('gets a value that no style may hold');
  return escapeHtml(text);
}

/** Browsers leave out tabs and line breaks before they look for the scheme, so they may not stand in a link at all. */
function linkText(text: string): string {
  const link = text.trim();
  if (LINE_BREAKING.test(link)) throw new TemplateFault('gets a link with a line break or control character');
  if (/^[^/?#]*:/.test(link) && !/^(?:https?|mailto|tel|sms|cid|tg):/i.test(link))
    throw new TemplateFault('gets a link that is none of http, https, mailto, tel and no path');
  return link;
}
