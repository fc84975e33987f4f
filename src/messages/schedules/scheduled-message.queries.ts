import type { Tx } from '../../platform/db/tenant-db';
import type { ScheduleStatus } from './scheduled-message.dto';

export interface ScheduleRow {
  id: string;
  messageId: string;
  status: ScheduleStatus;
  messageStatus: string;
  scheduledAt: Date;
  expiresAt: Date | null;
  channelId: string;
  channelType: string;
  to: string;
  messageType: string;
  clientReference: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** A schedule stands where its message stands, so the two can never disagree. */
const STATUS = `CASE m.status WHEN 'SCHEDULED' THEN 'ACTIVE' WHEN 'CANCELLED' THEN 'CANCELLED' WHEN 'EXPIRED' THEN 'MISSED'
  ELSE 'COMPLETED' END`;

const SCHEDULE = `
SELECT s.id, m.id AS "messageId", ${STATUS} AS status, m.status AS "messageStatus", s.scheduled_at AS "scheduledAt",
  m.expires_at AS "expiresAt", m.channel_id AS "channelId", m.channel_type AS "channelType", m.to_address AS "to",
  m.message_type AS "messageType", m.client_reference AS "clientReference", s.created_at AS "createdAt",
  s.updated_at AS "updatedAt"
FROM scheduled_message s JOIN communication_message m ON m.tenant_id = s.tenant_id AND m.id = s.message_id`;

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

/** The same with the message held, so that no worker takes it before this transaction ends. */
export async function holdSchedule(tx: Tx, id: string): Promise<ScheduleRow | undefined> {
  const [row] = await tx.query<ScheduleRow>(`${SCHEDULE} WHERE s.tenant_id = $1 AND s.id = $2 FOR UPDATE OF m`, [
    tx.tenantId,
    id,
  ]);
  return row;
}

/** Moves message and schedule together. */
export async function moveSchedule(tx: Tx, id: string, scheduledAt: string): Promise<void> {
  await tx.query(
    `WITH moved AS (
       UPDATE communication_message m SET due_at = $3, scheduled_at = $3
       FROM scheduled_message s WHERE s.tenant_id = $1 AND s.id = $2 AND m.tenant_id = s.tenant_id AND m.id = s.message_id
         AND m.status = 'SCHEDULED' RETURNING s.id)
     UPDATE scheduled_message s SET scheduled_at = $3, next_at = $3, updated_at = now()
     FROM moved WHERE s.tenant_id = $1 AND s.id = moved.id`,
    [tx.tenantId, id, scheduledAt],
  );
}
