import { audit } from '../../permissions/audit';
import type { TenantDb, Tx } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { addressesOfContacts } from '../campaign.queries';
import { forgetApproval } from '../campaign-approval';
import { addRecipients } from '../recipient.queries';
import { resolveRecipient, type Recipient } from '../recipients';
import type { NamedRow, ReadRow, RowFault } from './recipient-rows';
import { contactsOfExternalIds, holdTarget, type UploadTarget } from './recipient-upload.queries';

const MOST_ERRORS = 100;

/** What has become of the rows so far. */
export class Tally {
  readonly counts = { taken: 0, duplicates: 0, rejected: 0 };
  readonly errors: RowFault[] = [];

  reject(faults: readonly RowFault[]): void {
    this.counts.rejected += faults.length;
    this.errors.push(...faults.slice(0, MOST_ERRORS - this.errors.length));
  }
}

/** Stores a chunk in one commit, and counts it once it is stored. */
export async function storeRows(
  db: TenantDb,
  caller: Caller,
  { id, tally }: { id: string; tally: Tally },
  rows: readonly ReadRow[],
): Promise<void> {
  if (!rows.length) return;
  const named = rows.filter((row) => 'variables' in row);
  const faults = rows.filter((row) => 'message' in row);
  const stored = await db.run(caller.tenantId, async (tx) => {
    const resolved = await resolveRows(tx, await draftOf(tx, id), named);
    const taken = resolved.recipients.length ? await addRecipients(tx, id, resolved.recipients) : 0;
    if (taken) await forgetApproval(tx, id);
    // Once an upload, with its first recipient: a line says that there was one, whatever becomes of the rest.
    if (taken && !tally.counts.taken) await audit(tx, caller, 'campaign.recipients_added', 'campaign', id, {});
    return { ...resolved, taken };
  });
  tally.counts.taken += stored.taken;
  tally.counts.duplicates += named.length - stored.faults.length - stored.taken;
  tally.reject([...faults, ...stored.faults].toSorted((a, b) => a.line - b.line));
}

/** The bulk send while it takes recipients, held so until the commit. Throws Problem 404, 409. */
export async function draftOf(tx: Tx, id: string): Promise<UploadTarget> {
  const target = await holdTarget(tx, id);
  if (!target) throw Problem.notFound('bulk send');
  if (target.status === 'DRAFT') return target;
  throw Problem.conflict('conflict', `The bulk send is ${target.status}; recipients are added to a DRAFT.`);
}

/** Brings rows to addresses; of those with the same one the first stays. */
async function resolveRows(tx: Tx, { channelType }: UploadTarget, rows: readonly NamedRow[]) {
  const known = await contactsOfExternalIds(
    tx,
    rows.flatMap(({ externalId }) => externalId ?? []),
  );
  const idOf = ({ contactId, externalId }: NamedRow) => contactId ?? known.get(externalId ?? '');
  const ids = rows.flatMap((row) => idOf(row) ?? []);
  const contacts = ids.length ? await addressesOfContacts(tx, channelType, ids) : new Map<string, string | null>();
  const faults: RowFault[] = [];
  const merged = new Map<string, Recipient>();
  for (const row of rows) {
    const { line, to = null, variables } = row;
    const resolved = resolveRecipient(channelType, { to, contactId: idOf(row) ?? null, variables }, contacts);
    if ('message' in resolved) faults.push({ line, message: messageOf(row, resolved.message) });
    else if (!merged.has(resolved.key)) merged.set(resolved.key, resolved);
  }
  const recipients = [...merged.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return { recipients, faults };
}

function messageOf({ to }: NamedRow, message: string): string {
  return to === undefined ? message : `to ${message}`;
}
