import { de } from './de';
import { en } from './en';
import { es } from './es';
import { fr } from './fr';
import { it } from './it';
import { nl } from './nl';
import type { PageTexts } from './page-texts';
import { pl } from './pl';
import { pt } from './pt';

/** The languages that people are spoken to in. Another one is a file beside this one and a line here. */
export const TEXTS = { en, de, fr, es, it, nl, pt, pl } as const satisfies Record<string, PageTexts>;
export type PageLanguage = keyof typeof TEXTS;

const FALLBACK: PageLanguage = 'en';

/** The person's own language if we speak it, else the best that the browser asks for, else English. */
export function pageLanguage(own: string | null, acceptLanguage: string | undefined): PageLanguage {
  const wanted = [...(own === null ? [] : [own]), ...accepted(acceptLanguage ?? '')];
  return wanted.map(spoken).find((language) => language !== undefined) ?? FALLBACK;
}

/** A text with the names in their places. */
export function fill(text: string, names: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => names[name] ?? place);
}

/** The languages of an Accept-Language header, most wanted first (RFC 9110, 12.5.4). */
function accepted(header: string): string[] {
  return header
    .slice(0, 1000)
    .split(',')
    .map((entry) => {
      const [tag = '', quality = ''] = entry.split(';').map((part) => part.trim());
      return { tag, weight: /^q=/i.test(quality) ? Number(quality.slice(2)) || 0 : 1 };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

function spoken(tag: string): PageLanguage | undefined {
  const [language = ''] = tag.toLowerCase().split('-');
  return (Object.keys(TEXTS) as PageLanguage[]).find((known) => known === language);
}
