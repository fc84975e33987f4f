import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import type { DueThing } from '../../platform/time/clock';

const OPEN = `s.status IN ('INITIATED', 'ACTIVE', 'PENDING')`;
const LATE = `s.due_at <= clock_timestamp() AND s.overdue_at IS DISTINCT FROM s.due_at AND ${OPEN}`;

/** Conversations whose time to answer went by and was not told of yet, of all tenants. */
export function findLate(sql: Sql, limit: number): Promise<DueThing[]> {
  return sql.query<DueThing>(
    `SELECT s.tenant_id AS "tenantId", s.id FROM communication_session s
     WHERE s.due_at IS NOT NULL AND ${LATE} ORDER BY s.due_at LIMIT $1`,
    [limit],
  );
}

/** A conversation that was not answered in time. */
export interface LateSession {
  id: string;
  contactId: string;
  channelId: string;
  channelType: string;
  status: string;
  assignedTo: string | null;
  dueAt: Date;
  waitingSince: Date | null;
}

/** Writes down that the time went by. What somebody is changing at this moment is looked at again. */
export function markLate(tx: Tx, ids: readonly string[]): Promise<LateSession[]> {
  return tx.query<LateSession>(
    `WITH late AS (
       SELECT s.id FROM communication_session s WHERE s.tenant_id = $1 AND s.id = ANY($2::uuid[]) AND ${LATE}
       ORDER BY s.id FOR NO KEY UPDATE SKIP LOCKED)
     UPDATE communication_session s SET overdue_at = s.due_at FROM late l WHERE s.tenant_id = $1 AND s.id = l.id
     RETURNING s.id, s.contact_id AS "contactId", s.channel_id AS "channelId", s.channel_type AS "channelType", s.status,
       s.assigned_to AS "assignedTo", s.due_at AS "dueAt", s.waiting_since AS "waitingSince"`,
    [tx.tenantId, ids],
  );
}

const SILENCE = `make_interval(hours => (t.session_settings -> 'autoCompleteHours')::int)`;

/**
 * Open conversations that may have been silent for as long as their tenant allows. `quiet_since` is moved by what comes in alone,
 * so that sending does not write here: whether something went out since is asked of those that are found.
 */
export function findQuiet(sql: Sql, limit: number): Promise<DueThing[]> {
  return sql.query<DueThing>(
    `SELECT t.id AS "tenantId", q.id FROM tenant t CROSS JOIN LATERAL (
       SELECT s.id FROM communication_session s
       WHERE s.tenant_id = t.id AND ${OPEN} AND s.quiet_since <= clock_timestamp() - ${SILENCE}
       ORDER BY s.quiet_since LIMIT $1) q
     WHERE t.session_settings ? 'autoCompleteHours' LIMIT $1`,
    [limit],
  );
}

/**
 * Holds those that nobody else has in hand, against messages that come in or are accepted at this moment as well: they are stored
 * before, and are seen, or find the conversation over and open another.
 */
export async function holdQuiet(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    `SELECT s.id FROM communication_session s JOIN tenant t ON t.id = s.tenant_id
     WHERE s.tenant_id = $1 AND s.id = ANY($2::uuid[]) AND ${OPEN} AND s.quiet_since <= clock_timestamp() - ${SILENCE}
     ORDER BY s.id FOR UPDATE OF s SKIP LOCKED`,
    [tx.tenantId, ids],
  );
  return rows.map(({ id }) => id);
}

/**
 * Completes what is held and was silent; of the others it is kept since when they are. Notes are not part of the conversation. A
 * message that has not gone yet keeps it open. Answers how many ended.
 */
export async function completeQuiet(tx: Tx, ids: readonly string[]): Promise<number> {
  const rows = await tx.query<{ ended: boolean }>(
    `WITH heard AS (
       SELECT s.id, CASE WHEN waits.id IS NOT NULL THEN clock_timestamp() ELSE greatest(s.quiet_since, last.at) END AS at
       FROM communication_session s
       LEFT JOIN LATERAL (SELECT m.created_at AS at FROM communication_message m
         WHERE m.tenant_id = $1 AND m.session_id = s.id AND m.direction <> 'INTERNAL' ORDER BY m.id DESC LIMIT 1) last ON true
       LEFT JOIN LATERAL (SELECT m.id FROM communication_message m
         WHERE m.tenant_id = $1 AND m.session_id = s.id AND m.status IN ('SCHEDULED', 'QUEUED', 'SENDING') LIMIT 1) waits ON true
       WHERE s.tenant_id = $1 AND s.id = ANY($2::uuid[])),
     judged AS (
       SELECT h.id, h.at, h.at <= clock_timestamp() - ${SILENCE} AS ended FROM heard h JOIN tenant t ON t.id = $1)
     UPDATE communication_session s SET quiet_since = j.at,
       status = CASE WHEN j.ended THEN 'COMPLETED' ELSE s.status END,
       closed_at = CASE WHEN j.ended THEN clock_timestamp() ELSE s.closed_at END,
       waiting_since = CASE WHEN j.ended THEN NULL ELSE s.waiting_since END,
       due_at = CASE WHEN j.ended THEN NULL ELSE s.due_at END,
       updated_at = CASE WHEN j.ended THEN clock_timestamp() ELSE s.updated_at END
     FROM judged j WHERE s.tenant_id = $1 AND s.id = j.id RETURNING j.ended`,
    [tx.tenantId, ids],
  );
  return rows.filter(({ ended }) => ended).length;
}
