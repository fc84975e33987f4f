import type { Tx } from '../platform/db/tenant-db';
import { Problem } from '../platform/http/problem';
import { type ContactRow, findContact, findMergedInto, lockContact } from './contact.queries';

/** The contact that a reference names. Throws Problem 404, the same for another tenant's. */
export async function contactRow(tx: Tx, ref: string): Promise<ContactRow> {
  return (await findContact(tx, ref)) ?? (await refuse(tx, ref));
}

/** The same, held against other changes of it and of its addresses until the end of the transaction. */
export async function heldContact(tx: Tx, ref: string): Promise<ContactRow> {
  const id = await lockContact(tx, ref);
  // Read again: what it waited for may have changed it.
  return contactRow(tx, id ?? ref);
}

async function refuse(tx: Tx, ref: string): Promise<never> {
  const mergedInto = await findMergedInto(tx, ref);
  throw mergedInto ? Problem.merged('contact', mergedInto) : Problem.notFound('contact');
}
