import type { ContactRow } from '../contacts/contact.queries';

/** What a template may read of a contact, under `contact`; never its addresses. */
export function contactValues({ name, language, attributes }: ContactRow): { contact: Record<string, unknown> } {
  return { contact: { name, language, attributes } };
}
