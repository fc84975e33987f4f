import type { Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { DueRun } from '../run/run.queries';

/** What the tenant's server is told: which step of which run it is, and what the run began with. */
function bodyOf({ id, ruleId, version, contactId, event, position, now }: DueRun): string {
  const data = { runId: id, ruleId, version, step: position, contactId, event };
  return JSON.stringify({ type: 'automation.webhook', timestamp: now.toISOString(), data });
}

/** Stores a call that is to be made; the run goes on without waiting for it. */
export async function addCall(tx: Tx, run: DueRun, { seq, url }: { seq: number; url: string }): Promise<void> {
  await tx.query(
    `INSERT INTO automation_call (tenant_id, id, run_id, seq, url, body) VALUES ($1, $2, $3, $4, $5, $6)`,
    [tx.tenantId, uuidv7(), run.id, seq, url, bodyOf(run)],
  );
}
