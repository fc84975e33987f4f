import type { Tx } from '../../platform/db/tenant-db';
import type { ScheduleStatus } from './scheduled-message.dto';
import type { StoredRequest } from './stored-request';

export interface ScheduleRow {
  id: string;
  /** Null for one that recurs: each of its times makes a message. */
  messageId: string | null;
  status: ScheduleStatus;
  messageStatus: string | null;
  scheduledAt: Date;
  localAt: string | null;
  timezone: string;
  recurrence: string | null;
  graceSeconds: number;
  nextAt: Date | null;
  expiresAt: Date | null;
  channelId: string | null;
  channelType: string;
  to: string | null;
  contactId: string | null;
  messageType: string | null;
  clientReference: string | null;
  request: StoredRequest;
  last: LastOccurrence | null;
  createdAt: Date;
  updatedAt: Date;
  /** What time it is for the database. */
  now: Date;
}

export interface LastOccurrence {
  occurrenceAt: string;
  outcome: string;
  times: number;
  reasonCode: string | null;
  reasonDetail: string | null;
  messageId: string | null;
  at: string;
}

/** The schedule of one message stands where its message stands, so the two can never disagree. */
const STATUS = `CASE WHEN m.id IS NULL THEN s.status WHEN m.status = 'SCHEDULED' AND s.status = 'PAUSED' THEN 'PAUSED'
  WHEN m.status = 'SCHEDULED' THEN 'ACTIVE' WHEN m.status = 'CANCELLED' THEN 'CANCELLED' WHEN m.status = 'EXPIRED' THEN 'MISSED'
  ELSE 'COMPLETED' END`;

const SCHEDULE = `
SELECT s.id, s.message_id AS "messageId", ${STATUS} AS status, m.status AS "messageStatus", s.scheduled_at AS "scheduledAt",
  s.local_at AS "localAt", s.timezone, s.recurrence, s.grace_seconds AS "graceSeconds", s.next_at AS "nextAt",
  m.expires_at AS "expiresAt", coalesce(m.channel_id, (s.request ->> 'channelId')::uuid) AS "channelId",
  s.channel_type AS "channelType", coalesce(m.to_address, s.to_address) AS "to", s.contact_id AS "contactId",
  m.message_type AS "messageType", coalesce(m.client_reference, s.request ->> 'clientReference') AS "clientReference",
  s.request, s.created_at AS "createdAt", s.updated_at AS "updatedAt", clock_timestamp() AS now,
  (SELECT jsonb_build_object('occurrenceAt', o.occurrence_at, 'outcome', o.outcome, 'times', o.times, 'reasonCode', o.reason_code,
     'reasonDetail', o.reason_detail, 'messageId', o.message_id, 'at', o.at) FROM schedule_occurrence o
   WHERE o.tenant_id = s.tenant_id AND o.schedule_id = s.id ORDER BY o.occurrence_at DESC LIMIT 1) AS last
FROM scheduled_message s LEFT JOIN communication_message m ON m.tenant_id = s.tenant_id AND m.id = s.message_id`;

/** Newest first, one more than `limit`. */
export function listSchedules(
  tx: Tx,
  { status, limit }: { status?: string; limit: number },
  after: string | null,
): Promise<ScheduleRow[]> {
  return tx.query<ScheduleRow>(
    `${SCHEDULE} WHERE s.tenant_id = $1 AND ($2::uuid IS NULL OR s.id < $2) AND ($3::text IS NULL OR ${STATUS} = $3)
     ORDER BY s.id DESC LIMIT $4`,
    [tx.tenantId, after, status ?? null, limit + 1],
  );
}

export async function findSchedule(tx: Tx, id: string): Promise<ScheduleRow | undefined> {
  const [row] = await tx.query<ScheduleRow>(`${SCHEDULE} WHERE s.tenant_id = $1 AND s.id = $2`, [tx.tenantId, id]);
  return row;
}

/** The same, held with its message: no worker takes it before this transaction ends. The message first, as everywhere. */
export async function holdSchedule(tx: Tx, id: string): Promise<ScheduleRow | undefined> {
  const ids = [tx.tenantId, id];
  await tx.query(
    `SELECT 1 FROM communication_message m WHERE m.tenant_id = $1
       AND m.id = (SELECT s.message_id FROM scheduled_message s WHERE s.tenant_id = $1 AND s.id = $2) FOR UPDATE`,
    ids,
  );
  const held = await tx.query(`SELECT 1 FROM scheduled_message WHERE tenant_id = $1 AND id = $2 FOR UPDATE`, ids);
  return held.length ? findSchedule(tx, id) : undefined;
}

export interface OccurrenceRow {
  occurrenceAt: Date;
  outcome: string;
  times: number;
  reasonCode: string | null;
  reasonDetail: string | null;
  messageId: string | null;
  at: Date;
}

/** What became of its times, latest first, one more than `limit`. */
export function listOccurrences(
  tx: Tx,
  { id, limit }: { id: string; limit: number },
  before: string | null,
): Promise<OccurrenceRow[]> {
  return tx.query<OccurrenceRow>(
    `SELECT occurrence_at AS "occurrenceAt", outcome, times, reason_code AS "reasonCode", reason_detail AS "reasonDetail",
       message_id AS "messageId", at
     FROM schedule_occurrence WHERE tenant_id = $1 AND schedule_id = $2 AND ($3::timestamptz IS NULL OR occurrence_at < $3)
     ORDER BY occurrence_at DESC LIMIT $4`,
    [tx.tenantId, id, before, limit + 1],
  );
}

/** When a message or a schedule that has a time is due next. */
export interface NewTime {
  /** The time that was asked for. */
  scheduledAt: string;
  localAt: string | null;
  timezone: string | null;
  nextAt: string;
  recurrence: string | null;
  graceSeconds: number;
}

/** Gives a schedule, and its message where it has one, another time. */
export async function moveSchedule(tx: Tx, id: string, time: NewTime): Promise<void> {
  await tx.query(
    `WITH moved AS (
       UPDATE scheduled_message SET scheduled_at = $3, local_at = $4, timezone = coalesce($5, 'UTC'), next_at = $6,
         recurrence = $7, grace_seconds = $8, updated_at = now()
       WHERE tenant_id = $1 AND id = $2 RETURNING tenant_id, message_id, status, next_at)
     UPDATE communication_message m SET scheduled_at = $3, due_at = CASE WHEN v.status = 'PAUSED' THEN m.due_at ELSE v.next_at END
     FROM moved v WHERE m.tenant_id = v.tenant_id AND m.id = v.message_id AND m.status = 'SCHEDULED'`,
    [tx.tenantId, id, time.scheduledAt, time.localAt, time.timezone, time.nextAt, time.recurrence, time.graceSeconds],
  );
}

/** The due time of a message whose schedule is paused: no queue comes to it. */
export const NEVER = '9999-01-01T00:00:00Z';

/** Pauses a schedule, or lets it go on at `nextAt`. */
export async function setPaused(tx: Tx, id: string, isPaused: boolean, nextAt: Date): Promise<void> {
  await tx.query(
    `WITH changed AS (
       UPDATE scheduled_message SET status = CASE WHEN $3 THEN 'PAUSED' ELSE 'ACTIVE' END, next_at = $4, updated_at = now()
       WHERE tenant_id = $1 AND id = $2 RETURNING tenant_id, message_id)
     UPDATE communication_message m SET due_at = CASE WHEN $3 THEN '${NEVER}' ELSE $4::timestamptz END
     FROM changed c WHERE m.tenant_id = c.tenant_id AND m.id = c.message_id AND m.status = 'SCHEDULED'`,
    [tx.tenantId, id, isPaused, nextAt],
  );
}

/** Ends one that recurs. */
export async function cancelSchedule(tx: Tx, id: string): Promise<void> {
  await tx.query(
    `UPDATE scheduled_message SET status = 'CANCELLED', next_at = NULL, updated_at = now() WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id],
  );
}

/** What a waiting message says, in place of what it said. */
export async function rewriteMessage(
  tx: Tx,
  id: string,
  row: { messageType: string; content: object; templateId: string | null; templateVersion: number | null },
): Promise<void> {
  await tx.query(
    `UPDATE communication_message SET message_type = $3, content = $4, template_id = $5, template_version = $6
     WHERE tenant_id = $1 AND id = $2 AND status = 'SCHEDULED'`,
    [tx.tenantId, id, row.messageType, row.content, row.templateId, row.templateVersion],
  );
}

/** What the tenant notes beside a waiting message; null leaves it as it is. */
export async function annotateMessage(
  tx: Tx,
  id: string,
  { metadata, clientReference }: { metadata?: object | undefined; clientReference?: string | undefined },
): Promise<void> {
  await tx.query(
    `UPDATE communication_message SET metadata = coalesce($3, metadata), client_reference = coalesce($4, client_reference)
     WHERE tenant_id = $1 AND id = $2 AND status = 'SCHEDULED'`,
    [tx.tenantId, id, metadata ?? null, clientReference ?? null],
  );
}
