import type { PooledSql, Sql } from '../../platform/db/sql';
import type { DueThing, OccurrenceOutcome } from '../../platform/time/clock';

export interface DoneSingle extends DueThing {
  outcome: OccurrenceOutcome;
}

/**
 * Hands messages whose time has come to the queue; one that is later than its grace allows is not sent any more. Nobody is waited
 * for: what somebody is changing at this moment is looked at again. The message is locked before its schedule, as everywhere. In its
 * conversation it is what one that is sent at once is: an answer, unless it is a notice, and the end of a silence.
 */
const RELEASE = `
WITH due AS (
  SELECT s.tenant_id, s.id, s.message_id, s.next_at, m.status = 'SCHEDULED' AS waits, m.session_id,
    m.lane = 'transactional' AND m.purpose = 'TRANSACTIONAL' AND m.topic IS NULL AS answers,
    clock_timestamp() > s.next_at + make_interval(secs => s.grace_seconds) AS late
  FROM scheduled_message s JOIN communication_message m ON m.tenant_id = s.tenant_id AND m.id = s.message_id
  WHERE s.status = 'ACTIVE' AND s.next_at <= clock_timestamp()
  ORDER BY s.next_at LIMIT $1 FOR UPDATE OF m, s SKIP LOCKED
),
moved AS (
  UPDATE communication_message m SET status_at = now(), due_at = d.next_at,
    status = CASE WHEN d.late THEN 'EXPIRED' ELSE 'QUEUED' END,
    dead_at = CASE WHEN d.late THEN now() END,
    reason_code = CASE WHEN d.late THEN 'missed' END,
    reason_detail = CASE WHEN d.late THEN 'Nobody could send it at its time, and it is later than graceSeconds allow.' END
  FROM due d WHERE d.waits AND m.tenant_id = d.tenant_id AND m.id = d.message_id
),
conversations AS (
  SELECT c.tenant_id, c.id, d.answers FROM communication_session c
  JOIN (SELECT tenant_id, session_id, bool_or(answers) AS answers FROM due WHERE waits AND NOT late GROUP BY 1, 2) d
    ON d.tenant_id = c.tenant_id AND d.session_id = c.id
  ORDER BY c.tenant_id, c.id FOR NO KEY UPDATE OF c
),
answered AS (
  UPDATE communication_session c SET quiet_since = now(),
    first_replied_at = CASE WHEN w.answers AND c.waiting_since IS NOT NULL THEN coalesce(c.first_replied_at, now())
      ELSE c.first_replied_at END,
    waiting_since = CASE WHEN w.answers THEN NULL ELSE c.waiting_since END,
    due_at = CASE WHEN w.answers THEN NULL ELSE c.due_at END
  FROM conversations w WHERE c.tenant_id = w.tenant_id AND c.id = w.id
),
noted AS (
  INSERT INTO schedule_occurrence (tenant_id, schedule_id, occurrence_at, outcome, message_id)
  SELECT tenant_id, id, next_at, CASE WHEN late THEN 'MISSED' ELSE 'FIRED' END, message_id FROM due WHERE waits
)
UPDATE scheduled_message s SET next_at = NULL, last_at = d.next_at, occurrences = s.occurrences + d.waits::int,
  status = CASE WHEN d.waits AND d.late THEN 'MISSED' ELSE 'COMPLETED' END
FROM due d WHERE s.tenant_id = d.tenant_id AND s.id = d.id
RETURNING s.tenant_id AS "tenantId", s.id, CASE WHEN NOT d.waits THEN NULL WHEN d.late THEN 'MISSED' ELSE 'FIRED' END AS outcome`;

/** Answers what was done, for messages that still waited, and how many schedules were looked at. */
export async function releaseDueMessages(sql: Sql, limit: number): Promise<{ done: DoneSingle[]; seen: number }> {
  const rows = await sql.query<DueThing & { outcome: OccurrenceOutcome | null }>(RELEASE, [limit]);
  const done = rows.flatMap(({ tenantId, id, outcome }) => (outcome ? [{ tenantId, id, outcome }] : []));
  return { done, seen: rows.length };
}

/** A schedule that was asked for by a wall clock. */
export interface WallClockSchedule extends DueThing {
  localAt: string;
  timezone: string;
  recurrence: string | null;
  nextAt: Date;
  now: Date;
}

/** Schedules by wall clock that wait, of all tenants, behind `after`. */
export function listWallClockSchedules(sql: Sql, after: DueThing, limit: number): Promise<WallClockSchedule[]> {
  return sql.query<WallClockSchedule>(
    `SELECT tenant_id AS "tenantId", id, local_at AS "localAt", timezone, recurrence, next_at AS "nextAt", clock_timestamp() AS now
     FROM scheduled_message
     WHERE (tenant_id, id) > ($1, $2) AND status IN ('ACTIVE', 'PAUSED') AND local_at IS NOT NULL AND next_at > clock_timestamp()
     ORDER BY tenant_id, id LIMIT $3`,
    [after.tenantId, after.id, limit],
  );
}

/** Gives one its time by the rules of today; false where it was moved meanwhile. */
export async function moveWithZone(
  sql: PooledSql,
  { tenantId, id, nextAt }: WallClockSchedule,
  to: Date,
): Promise<boolean> {
  const rows = await sql.together(
    { text: HOLD_MESSAGE, values: [tenantId, id] },
    { text: MOVE, values: [tenantId, id, nextAt, to] },
  );
  return rows.length > 0;
}

const HOLD_MESSAGE = `SELECT 1 FROM communication_message m WHERE m.tenant_id = $1
  AND m.id = (SELECT s.message_id FROM scheduled_message s WHERE s.tenant_id = $1 AND s.id = $2) FOR UPDATE`;

const MOVE = `
WITH moved AS (
  UPDATE scheduled_message SET next_at = $4, scheduled_at = CASE WHEN recurrence IS NULL THEN $4 ELSE scheduled_at END
  WHERE tenant_id = $1 AND id = $2 AND next_at = $3 AND status IN ('ACTIVE', 'PAUSED')
  RETURNING tenant_id, message_id, status),
message AS (
  UPDATE communication_message m SET scheduled_at = $4, due_at = CASE WHEN v.status = 'PAUSED' THEN m.due_at ELSE $4 END
  FROM moved v WHERE m.tenant_id = v.tenant_id AND m.id = v.message_id AND m.status = 'SCHEDULED')
SELECT 1 FROM moved`;
