import type { Tx } from '../../platform/db/tenant-db';
import type { Step } from '../steps';
import type { StartingEvent } from './run.queries';

export interface RunRow {
  id: string;
  ruleId: string;
  version: number;
  contactId: string | null;
  status: string;
  reasonCode: string | null;
  reasonDetail: string | null;
  position: string | null;
  dueAt: Date | null;
  awaits: string | null;
  depth: number;
  startedAt: Date;
  endedAt: Date | null;
}

export interface RunDetailRow extends RunRow {
  event: StartingEvent;
  steps: Step[];
}

export interface StepRow {
  seq: number;
  path: string;
  type: string;
  outcome: string;
  detail: Record<string, unknown>;
  messageId: string | null;
  at: Date;
}

const RUN = `r.id, r.rule_id AS "ruleId", r.version, r.contact_id AS "contactId", r.status, r.reason_code AS "reasonCode",
  r.reason_detail AS "reasonDetail", r.position, r.due_at AS "dueAt", r.awaits, r.depth, r.started_at AS "startedAt",
  r.ended_at AS "endedAt"`;

export interface RunFilter {
  ruleId: string;
  status: string | null;
  contactId: string | null;
  after: string | null;
  limit: number;
}

/** Also one that was deleted: what it did can still be read. */
export async function ruleIsKnown(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query('SELECT 1 FROM message_automation_rule WHERE tenant_id = $1 AND id = $2', [
    tx.tenantId,
    id,
  ]);
  return rows.length > 0;
}

/** Newest first, one more than `limit`. */
export function listRuns(tx: Tx, { ruleId, status, contactId, after, limit }: RunFilter): Promise<RunRow[]> {
  const given = (
    [
      ['status =', status],
      ['contact_id =', contactId],
      ['id <', after],
    ] as const
  ).filter(([, value]) => value !== null);
  const conditions = given.map(([condition], index) => ` AND r.${condition} $${index + 4}`).join('');
  return tx.query<RunRow>(
    `SELECT ${RUN} FROM automation_run r WHERE r.tenant_id = $1 AND r.rule_id = $2${conditions} ORDER BY r.id DESC LIMIT $3`,
    [tx.tenantId, ruleId, limit + 1, ...given.map(([, value]) => value)],
  );
}

export async function findRun(tx: Tx, id: string): Promise<RunDetailRow | undefined> {
  const [row] = await tx.query<RunDetailRow>(
    `SELECT ${RUN}, r.event, v.steps FROM automation_run r JOIN automation_rule_version v
       ON v.tenant_id = r.tenant_id AND v.rule_id = r.rule_id AND v.version = r.version
     WHERE r.tenant_id = $1 AND r.id = $2`,
    [tx.tenantId, id],
  );
  return row;
}

/** In the order in which they were done. */
export function traceOf(tx: Tx, runId: string): Promise<StepRow[]> {
  return tx.query<StepRow>(
    `SELECT seq, path, type, outcome, detail, message_id AS "messageId", at FROM automation_run_step
     WHERE tenant_id = $1 AND run_id = $2 ORDER BY seq`,
    [tx.tenantId, runId],
  );
}
