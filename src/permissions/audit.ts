import type { Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { Caller } from '../platform/http/caller';

/** What was done: `channel.created`, to which kind of thing, its id, and the facts of it; never a secret. */
type Deed = [action: string, resource: string, resourceId: string, detail: Readonly<Record<string, unknown>>];

/** Appends one line to the tenant's audit log, in the transaction that makes the change: both are stored or neither. */
export async function audit(tx: Tx, caller: Caller, ...[action, resource, resourceId, detail]: Deed): Promise<void> {
  await tx.query(
    `INSERT INTO audit_log (tenant_id, id, actor, action, resource, resource_id, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [tx.tenantId, uuidv7(), actorOf(caller), action, resource, resourceId, JSON.stringify(detail)],
  );
}

/** `key:<id>`, and in front of it the user that the key acts for. */
export function actorOf({ keyId, userId }: Caller): string {
  return userId === null ? `key:${keyId}` : `user:${userId} key:${keyId}`;
}
