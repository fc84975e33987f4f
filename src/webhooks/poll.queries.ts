import type { Sql } from '../platform/db/sql';

/** A channel whose provider is to be asked for events. */
export interface DuePoll {
  tenantId: string;
  channelId: string;
  /** Where the last poll ended; null before the first. */
  polledUntil: Date | null;
}

/** Takes channels of these providers that are due, for `everySeconds`: nobody else asks for them meanwhile. */
export function takeDuePolls(
  sql: Sql,
  providerTypes: readonly string[],
  { limit, everySeconds }: { limit: number; everySeconds: number },
): Promise<DuePoll[]> {
  return sql.query<DuePoll>(
    `WITH due AS (
       SELECT s.tenant_id, s.channel_id FROM channel_state s
       JOIN communication_channel c ON c.tenant_id = s.tenant_id AND c.id = s.channel_id
       WHERE c.provider_type = ANY($1::text[]) AND c.status = 'ACTIVE' AND c.deleted_at IS NULL
         AND (s.poll_due_at IS NULL OR s.poll_due_at <= now())
       ORDER BY s.poll_due_at NULLS FIRST LIMIT $2 FOR NO KEY UPDATE OF s SKIP LOCKED)
     UPDATE channel_state s SET poll_due_at = now() + make_interval(secs => $3)
     FROM due d WHERE s.tenant_id = d.tenant_id AND s.channel_id = d.channel_id
     RETURNING s.tenant_id AS "tenantId", s.channel_id AS "channelId", s.polled_until AS "polledUntil"`,
    [providerTypes, limit, everySeconds],
  );
}

/** The next poll goes on from here. */
export async function rememberPoll(sql: Sql, { tenantId, channelId }: DuePoll, until: Date): Promise<void> {
  await sql.query(
    `UPDATE channel_state SET polled_until = greatest(polled_until, $3) WHERE tenant_id = $1 AND channel_id = $2`,
    [tenantId, channelId, until],
  );
}
