import type { OutboundMessage } from '../provider';

const PLACEHOLDER = /\{\{\s*(\w+)\s*\}\}/g;

const PLAIN = { to: '{{to}}', from: '{{from}}', text: '{{text}}', ref: '{{ref}}' };

/** What is sent without a template of the tenant's. A mail has a subject and may have HTML; neither may get lost. */
export const DEFAULT_TEMPLATES: Readonly<Record<'SMS' | 'EMAIL', string>> = {
  SMS: JSON.stringify(PLAIN),
  EMAIL: JSON.stringify({ ...PLAIN, subject: '{{subject}}', html: '{{html}}' }),
};

/** What each placeholder of a template stands for. */
export function valuesOf({ to, content, ref, messageId }: OutboundMessage, from: string): ReadonlyMap<string, string> {
  const { text = '', subject = '', html = '' } = content;
  return new Map(Object.entries({ to, from, text, subject, html, ref, messageId }));
}

/** The placeholders without which something of this message would be lost. */
export function neededFor({ channelType, content: { subject, html } }: OutboundMessage): string[] {
  const words = html === undefined ? 'text' : 'html';
  return ['to', words, ...(channelType === 'EMAIL' && subject ? ['subject'] : [])];
}

/** A body, and the placeholders that its template has. */
export interface Filled {
  body: string;
  used: ReadonlySet<string>;
}

/**
 * Fills in the template: undefined when it is no JSON. The strings are filled after the template was read and written as
 * JSON again, so no value can end its string; each is looked at once, so no value can bring placeholders with it.
 */
export function fill(template: string, values: ReadonlyMap<string, string>): Filled | undefined {
  const used = new Set<string>();
  const valueOf = (_placeholder: string, name: string) => {
    used.add(name);
    return values.get(name) ?? '';
  };
  try {
    const filled: unknown = JSON.parse(template, (_name, value: unknown) =>
      typeof value === 'string' ? value.replace(PLACEHOLDER, valueOf) : value,
    );
    return { body: JSON.stringify(filled), used };
  } catch {
    return undefined;
  }
}
