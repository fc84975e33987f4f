import type { Tx } from '../platform/db/tenant-db';
import type { CallResult } from './delivery-call';

/** A delivery under way. */
export interface Held {
  id: string;
  endpointId: string;
  fence: string;
}

/** What has to be told, as it was noted. */
export interface BegunDelivery {
  eventId: string;
  type: string;
  data: Record<string, unknown>;
  at: Date;
  tries: number;
  attemptNo: number;
}

/** Writes down that a call begins. Undefined when somebody else has the delivery by now. */
export async function beginAttempt(tx: Tx, { id, fence }: Held): Promise<BegunDelivery | undefined> {
  const [begun] = await tx.query<BegunDelivery>(
    `WITH d AS (
       UPDATE webhook_delivery SET attempts = attempts + 1
       WHERE tenant_id = $1 AND id = $2 AND fence = $3 AND status = 'PENDING'
       RETURNING event_id, type, data, at, tries, attempts
     ),
     noted AS (
       INSERT INTO webhook_attempt (tenant_id, delivery_id, attempt_no, fence) SELECT $1, $2, d.attempts, $3 FROM d
     )
     SELECT event_id AS "eventId", type, data, at, tries, attempts AS "attemptNo" FROM d`,
    [tx.tenantId, id, fence],
  );
  return begun;
}

/** Gives back what was taken and not told, to be taken again at once. */
export async function releaseDelivery(tx: Tx, { id, fence }: Held): Promise<void> {
  await tx.query(
    `UPDATE webhook_delivery SET due_at = now(), lease_until = NULL
     WHERE tenant_id = $1 AND id = $2 AND fence = $3 AND status = 'PENDING'`,
    [tx.tenantId, id, fence],
  );
}

/** What came of a call, for the log. */
export async function noteResult(
  tx: Tx,
  { id, attemptNo }: { id: string; attemptNo: number },
  { statusCode, fault, answer, durationMs }: CallResult,
): Promise<void> {
  await tx.query(
    `UPDATE webhook_attempt SET duration_ms = $4, status_code = $5, fault = $6, answer = $7
     WHERE tenant_id = $1 AND delivery_id = $2 AND attempt_no = $3`,
    [tx.tenantId, id, attemptNo, durationMs, statusCode, fault, answer],
  );
}

/** It was taken. The endpoint's row comes first, as everywhere where both are changed. */
export async function settleDelivered(tx: Tx, { id, endpointId, fence }: Held, statusCode: number): Promise<void> {
  await tx.query(
    `UPDATE webhook_endpoint SET failing_since = NULL WHERE tenant_id = $1 AND id = $2 AND failing_since IS NOT NULL`,
    [tx.tenantId, endpointId],
  );
  await tx.query(
    `UPDATE webhook_delivery SET status = 'DELIVERED', reason = NULL, status_code = $4, finished_at = now(), lease_until = NULL
     WHERE tenant_id = $1 AND id = $2 AND fence = $3 AND status = 'PENDING'`,
    [tx.tenantId, id, fence, statusCode],
  );
}

/** Notes that an endpoint fails, and holds its row. Answers whether it has done nothing else for so many days. */
export async function noteFailing(tx: Tx, endpointId: string, days: number): Promise<boolean> {
  const [row] = await tx.query<{ isOver: boolean }>(
    `UPDATE webhook_endpoint SET failing_since = coalesce(failing_since, now()) WHERE tenant_id = $1 AND id = $2
     RETURNING failing_since < now() - make_interval(days => $3) AS "isOver"`,
    [tx.tenantId, endpointId, days],
  );
  return row?.isOver ?? false;
}

/** It was not: it comes again after a wait, or never (null). */
export async function settleFailed(
  tx: Tx,
  { id, fence }: Held,
  { statusCode, waitMs, reason }: { statusCode: number | null; waitMs: number | null; reason: 'exhausted' | 'gone' },
): Promise<void> {
  await tx.query(
    `UPDATE webhook_delivery SET tries = tries + 1, status_code = $4, lease_until = NULL,
       status = CASE WHEN $5::float8 IS NULL THEN 'FAILED' ELSE 'PENDING' END,
       reason = CASE WHEN $5::float8 IS NULL THEN $6::text END,
       finished_at = CASE WHEN $5::float8 IS NULL THEN now() END,
       due_at = now() + make_interval(secs => coalesce($5::float8, 0) / 1000)
     WHERE tenant_id = $1 AND id = $2 AND fence = $3 AND status = 'PENDING'`,
    [tx.tenantId, id, fence, statusCode, waitMs, reason],
  );
}
