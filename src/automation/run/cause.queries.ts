import type { Tx } from '../../platform/db/tenant-db';
import type { DueRun } from './run.queries';

/**
 * Writes into the events that this transaction told of the contact, of the message or of its conversation, that a run is their
 * cause: rules that they set off stand one deeper. They are known by the transaction that wrote them.
 */
export async function markCause(
  tx: Tx,
  run: DueRun,
  { messageId = null }: { messageId?: string | null } = {},
): Promise<void> {
  const cause = JSON.stringify({ cause: { runId: run.id, depth: run.depth } });
  await tx.query(MARK, [tx.tenantId, cause, run.contactId, messageId]);
}

const MARK = `
UPDATE tenant_event e SET data = e.data || $2::jsonb
WHERE e.tenant_id = $1 AND e.source = 'carillon' AND e.status = 'PENDING'
  AND e.contact_id IN ($3::uuid, (SELECT m.contact_id FROM communication_message m WHERE m.tenant_id = $1 AND m.id = $4))
  AND e.xmin = pg_current_xact_id()::xid`;
