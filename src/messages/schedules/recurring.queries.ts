import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import type { DueThing, OccurrenceOutcome } from '../../platform/time/clock';
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
  id: string;
  dueAt: Date;
  now: Date;
  localAt: string;
  timezone: string;
  recurrence: string;
  graceSeconds: number;
  request: StoredRequest;
}

/** Takes those of these that are due, until the end of the transaction, and leaves those that somebody else has. */
export function takeDueRecurring(tx: Tx, ids: readonly string[]): Promise<DueRecurring[]> {
  return tx.query<DueRecurring>(
    `SELECT id, next_at AS "dueAt", clock_timestamp() AS now, local_at AS "localAt", timezone, recurrence,
       grace_seconds AS "graceSeconds", to_address AS "to", contact_id AS "contactId", request
     FROM scheduled_message
     WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND status = 'ACTIVE' AND recurrence IS NOT NULL
       AND next_at <= clock_timestamp() FOR UPDATE SKIP LOCKED`,
    [tx.tenantId, ids],
  );
}

/** What became of a time of a schedule. */
export interface NewOccurrence {
  scheduleId: string;
  occurrenceAt: Date;
  outcome: OccurrenceOutcome;
  times?: number;
  reason?: { code: string; detail: string };
  messageId?: string;
}

/** Writes down what became of times. A second time for the same occurrence breaks its key, and with it the transaction. */
export async function noteOccurrences(tx: Tx, occurrences: readonly NewOccurrence[]): Promise<void> {
  const rows = occurrences.map(({ reason, ...row }) => ({ ...row, code: reason?.code, detail: reason?.detail }));
  await tx.query(
    `INSERT INTO schedule_occurrence (tenant_id, schedule_id, occurrence_at, outcome, times, reason_code, reason_detail, message_id)
     SELECT $1, o."scheduleId", o."occurrenceAt", o.outcome, coalesce(o.times, 1), o.code, o.detail, o."messageId"
     FROM jsonb_to_recordset($2::jsonb) AS o("scheduleId" uuid, "occurrenceAt" timestamptz, outcome text, times int, code text,
       detail text, "messageId" uuid)`,
    [tx.tenantId, JSON.stringify(rows)],
  );
}

/** A step of a schedule to its next time. */
export interface Step {
  id: string;
  /** The time that was spent; null where all were missed. */
  ranAt: Date | null;
  /** Null when that was the last: the schedule is over. */
  next: Date | null;
}

export async function advanceRecurring(tx: Tx, steps: readonly Step[]): Promise<void> {
  await tx.query(
    `UPDATE scheduled_message s SET next_at = p.next, last_at = coalesce(p."ranAt", s.last_at),
       occurrences = s.occurrences + (p."ranAt" IS NOT NULL)::int,
       status = CASE WHEN p.next IS NULL THEN 'COMPLETED' ELSE s.status END
     FROM jsonb_to_recordset($2::jsonb) AS p(id uuid, "ranAt" timestamptz, next timestamptz)
     WHERE s.tenant_id = $1 AND s.id = p.id`,
    [tx.tenantId, JSON.stringify(steps)],
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
