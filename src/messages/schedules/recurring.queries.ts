import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import type { DueThing } from '../../platform/time/clock';
import type { StoredRecipient, StoredRequest } from './stored-request';

/** A recurring schedule as it is to be stored. */
export interface NewRecurring extends StoredRecipient {
  id: string;
  channelType: string;
  scheduledAt: string;
  localAt: string;
  timezone: string;
  recurrence: string;
  graceSeconds: number | null;
  nextAt: Date;
  request: StoredRequest;
}

export async function insertRecurring(tx: Tx, schedule: NewRecurring): Promise<void> {
  await tx.query(
    `INSERT INTO scheduled_message (tenant_id, id, channel_type, to_address, contact_id, scheduled_at, local_at, timezone,
       recurrence, grace_seconds, next_at, request)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, coalesce($10::int, 3600), $11, $12)`,
    [
      tx.tenantId,
      schedule.id,
      schedule.channelType,
      schedule.to,
      schedule.contactId,
      schedule.scheduledAt,
      schedule.localAt,
      schedule.timezone,
      schedule.recurrence,
      schedule.graceSeconds,
      schedule.nextAt,
      schedule.request,
    ],
  );
}

/** What time it is, for the database. */
export async function databaseNow(sql: Sql): Promise<Date> {
  const [row] = await sql.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  return row?.now ?? new Date();
}

/** Recurring schedules of all tenants whose time has come, the longest waiting first. */
export function listDueRecurring(sql: Sql, limit: number): Promise<DueThing[]> {
  return sql.query<DueThing>(
    `SELECT tenant_id AS "tenantId", id FROM scheduled_message
     WHERE status = 'ACTIVE' AND next_at <= clock_timestamp() AND recurrence IS NOT NULL ORDER BY next_at LIMIT $1`,
    [limit],
  );
}

export interface DueRecurring extends StoredRecipient {
  dueAt: Date;
  now: Date;
  localAt: string;
  timezone: string;
  recurrence: string;
  graceSeconds: number;
  request: StoredRequest;
}

/** Takes a recurring schedule that is due, until the end of the transaction. Undefined where it is not, or somebody has it. */
export async function takeDueRecurring(tx: Tx, id: string): Promise<DueRecurring | undefined> {
  const [row] = await tx.query<DueRecurring>(
    `SELECT next_at AS "dueAt", clock_timestamp() AS now, local_at AS "localAt", timezone, recurrence,
       grace_seconds AS "graceSeconds", to_address AS "to", contact_id AS "contactId", request
     FROM scheduled_message
     WHERE tenant_id = $1 AND id = $2 AND status = 'ACTIVE' AND recurrence IS NOT NULL AND next_at <= clock_timestamp()
     FOR UPDATE SKIP LOCKED`,
    [tx.tenantId, id],
  );
  return row;
}

export interface NewOccurrence {
  occurrenceAt: Date;
  outcome: 'FIRED' | 'MISSED' | 'FAILED';
  times?: number;
  reason?: { code: string; detail: string };
  messageId?: string;
}

/** Writes down what became of a time. A second time for the same occurrence breaks its key, and with it the transaction. */
export async function noteOccurrence(tx: Tx, scheduleId: string, occurrence: NewOccurrence): Promise<void> {
  await tx.query(
    `INSERT INTO schedule_occurrence (tenant_id, schedule_id, occurrence_at, outcome, times, reason_code, reason_detail, message_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tx.tenantId,
      scheduleId,
      occurrence.occurrenceAt,
      occurrence.outcome,
      occurrence.times ?? 1,
      occurrence.reason?.code ?? null,
      occurrence.reason?.detail ?? null,
      occurrence.messageId ?? null,
    ],
  );
}

/** The step to its next time; without one it is over. */
export async function advanceRecurring(
  tx: Tx,
  id: string,
  { ranAt, next }: { ranAt: Date | undefined; next: Date | undefined },
): Promise<void> {
  await tx.query(
    `UPDATE scheduled_message SET next_at = $3::timestamptz, last_at = coalesce($4, last_at),
       occurrences = occurrences + CASE WHEN $4::timestamptz IS NULL THEN 0 ELSE 1 END,
       status = CASE WHEN $3::timestamptz IS NULL THEN 'COMPLETED' ELSE status END
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, next ?? null, ranAt ?? null],
  );
}

/** What its messages are made of from now on. */
export async function storeRequest(tx: Tx, id: string, request: StoredRequest): Promise<void> {
  await tx.query(`UPDATE scheduled_message SET request = $3, updated_at = now() WHERE tenant_id = $1 AND id = $2`, [
    tx.tenantId,
    id,
    request,
  ]);
}
