import type { Sql } from '../platform/db/sql';

export interface Waiting {
  count: number;
  /** Of the oldest; null when nothing waits. */
  seconds: number | null;
}

/** How much is due and waits for a worker, by lane. */
export function countQueues(sql: Sql): Promise<(Waiting & { lane: string })[]> {
  return sql.query(
    `SELECT lane, count(*)::int AS count, extract(epoch FROM now() - min(due_at))::float8 AS seconds
     FROM communication_message WHERE status IN ('QUEUED', 'SCHEDULED') AND due_at <= now() GROUP BY lane`,
  );
}

/** How many calls of providers are not processed yet. */
export async function countCalls(sql: Sql): Promise<Waiting> {
  const [row] = await sql.query<Waiting>(
    `SELECT count(*)::int AS count, extract(epoch FROM now() - min(received_at))::float8 AS seconds
     FROM communication_webhook_log WHERE status = 'PENDING'`,
  );
  return row ?? { count: 0, seconds: null };
}

export interface Breakers {
  provider: string;
  channelType: string;
  state: string;
  count: number;
}

/** How many channels in use have their breaker in which state. */
export function countBreakers(sql: Sql): Promise<Breakers[]> {
  return sql.query<Breakers>(
    `SELECT c.provider_type AS provider, c.channel_type AS "channelType", s.breaker AS state, count(*)::int AS count
     FROM channel_state s JOIN communication_channel c ON c.tenant_id = s.tenant_id AND c.id = s.channel_id
     WHERE c.status = 'ACTIVE' AND c.deleted_at IS NULL GROUP BY 1, 2, 3`,
  );
}

/** How many bulk sends are on their way, by status. */
export function countCampaigns(sql: Sql): Promise<{ status: string; count: number }[]> {
  return sql.query(
    `SELECT status, count(*)::int AS count FROM bulk_message_campaign
     WHERE status IN ('SCHEDULED', 'PREPARING', 'RUNNING', 'PAUSED') GROUP BY 1`,
  );
}

/** What messages of this month cost; a month is the tenant's own, by its zone. */
export function sumMonth(sql: Sql): Promise<{ currency: string; amount: number }[]> {
  return sql.query(
    `SELECT e.currency, sum(e.amount)::float8 AS amount FROM tenant_spend e JOIN tenant t ON t.id = e.tenant_id
     WHERE e.month = date_trunc('month', now() AT TIME ZONE t.timezone)::date GROUP BY 1`,
  );
}

/** Events that are due, and those that wait for a person. */
export function countEvents(sql: Sql): Promise<{ status: string; count: number }[]> {
  return sql.query(
    `SELECT status, count(*)::int AS count FROM tenant_event
     WHERE status = 'PENDING' AND due_at <= clock_timestamp() OR status = 'FAILED' GROUP BY status`,
  );
}
