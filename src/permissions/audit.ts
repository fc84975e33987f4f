import type { Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { Caller } from '../platform/http/caller';
import { appendLine } from './audit-log/audit-chain.queries';

/** What was done: `channel.created`, to which kind of thing, its id, and the facts of it; never a secret. */
type Deed = [action: string, resource: string, resourceId: string, detail: Readonly<Record<string, unknown>>];

/** Behind the locks on consent: every transaction takes its last locks in this order. */
const RANK = 20;

/**
 * Appends one line to the tenant's audit log, in the transaction that makes the change: both are stored or neither. It is
 * written right before the commit, because each line hangs on the one before: until then nobody has to wait for it.
 */
export async function audit(tx: Tx, caller: Caller, ...[action, resource, resourceId, detail]: Deed): Promise<void> {
  const actor = actorOf(caller);
  tx.atEnd(RANK, () => appendLine(tx, { id: uuidv7(), actor, action, resource, resourceId, detail }));
}

/** The same for what Carillon does by itself. */
export async function auditOwn(tx: Tx, ...[action, resource, resourceId, detail]: Deed): Promise<void> {
  tx.atEnd(RANK, () => appendLine(tx, { id: uuidv7(), actor: 'carillon', action, resource, resourceId, detail }));
}

/** `key:<id>`, and in front of it the user that the key acts for; `user:<id>` alone for a user who signed in. */
export function actorOf({ keyId, userId }: Caller): string {
  return [...(userId === null ? [] : [`user:${userId}`]), ...(keyId === null ? [] : [`key:${keyId}`])].join(' ');
}
