import type { Judged } from '../refusals';
import { toTelegramHtml } from './html';

/** The one text of a message, where in the content it stands, and how long Telegram finds it. */
export interface Words {
  pointer: string;
  text: string;
  isHtml: boolean;
  /** In Unicode code points, without markup: what Telegram counts (TDLib compares utf8_length after parsing). */
  length: number;
}

/**
 * What a message says: the caption of its media, else its HTML, else its text. In a TEXT the text comes first; the other
 * one of text and HTML is the same said in another way. A location says nothing.
 */
export function wordsOf({ messageType, content }: Pick<Judged, 'messageType' | 'content'>): Words | undefined {
  if (messageType === 'LOCATION') return undefined;
  if (content.media?.caption) return plain('/content/media/caption', content.media.caption);
  if (content.html && messageType !== 'TEXT') return formatted(content.html);
  return content.text ? plain('/content/text', content.text) : undefined;
}

function plain(pointer: string, text: string): Words {
  return { pointer, text, isHtml: false, length: codePoints(text.trim()) };
}

function formatted(source: string): Words {
  const { html, visible } = toTelegramHtml(source);
  return { pointer: '/content/html', text: html, isHtml: true, length: codePoints(visible.trim()) };
}

function codePoints(text: string): number {
  let count = 0;
  for (const _point of text) count += 1;
  return count;
}
