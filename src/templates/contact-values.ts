import type { ContactRow } from '../contacts/contact.queries';

/** What a template may read of a contact, under `contact`; never its addresses. */
export function contactValues(contact: Pick<ContactRow, 'name' | 'language' | 'attributes'> | undefined) {
  const { name = null, language = null, attributes = {} } = contact ?? {};
  return { name, language, attributes };
}
