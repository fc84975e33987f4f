import type { Sql } from '../../platform/db/sql';

/** What a batch of settled calls says about one channel. */
export interface ChannelHealth {
  tenantId: string;
  channelId: string;
  calls: number;
  /** Calls that failed through the provider's or the network's fault, not the message's. */
  faults: number;
  /** Faults since the last call that worked; all of them when none worked. */
  faultsInARow: number;
  /** True when a call worked. */
  worked: boolean;
  /** Set when the provider refused the account itself: opens at once. */
  accountFault: string | null;
  /** Set when the provider asked for a pause: nothing goes out on this channel for so long. */
  pauseMs: number | null;
}

/**
 * One breaker a channel, in a row that all workers share. Opens at 5 faults in a row, or at half of 20 and more calls within
 * 60 s; an account fault or a pause that the provider asks for opens it at once. It stays open 5 s, doubling to 60 s while the probes fail.
 */
const RECORD = `
WITH heard AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS h("tenantId" uuid, "channelId" uuid, calls int, faults int,
  "faultsInARow" int, worked boolean, "accountFault" text, "pauseMs" float8)),
locked AS (
  SELECT s.*, h.*, s.window_started_at < now() - interval '60 seconds' AS stale
  FROM heard h JOIN channel_state s ON s.tenant_id = h."tenantId" AND s.channel_id = h."channelId"
  WHERE s.breaker <> 'CLOSED' OR h.faults > 0 OR h."pauseMs" IS NOT NULL OR s.window_faults > 0 OR s.consecutive_faults > 0
  ORDER BY s.tenant_id, s.channel_id FOR NO KEY UPDATE OF s
),
counted AS (
  SELECT *, CASE WHEN stale THEN calls ELSE window_calls + calls END AS total,
    CASE WHEN stale THEN faults ELSE window_faults + faults END AS bad,
    CASE WHEN worked THEN "faultsInARow" ELSE consecutive_faults + "faultsInARow" END AS run
  FROM locked
),
judged AS (
  SELECT *, "accountFault" IS NOT NULL OR "pauseMs" IS NOT NULL OR run >= 5 OR (total >= 20 AND bad * 2 >= total)
    OR (breaker <> 'CLOSED' AND faults > 0 AND NOT worked) AS opens
  FROM counted
)
UPDATE channel_state s SET
  window_started_at = CASE WHEN j.stale OR j.opens THEN now() ELSE s.window_started_at END,
  window_calls = CASE WHEN j.opens THEN 0 ELSE j.total END,
  window_faults = CASE WHEN j.opens THEN 0 ELSE j.bad END,
  consecutive_faults = CASE WHEN j.opens THEN 0 ELSE j.run END,
  breaker = CASE WHEN j.opens THEN 'OPEN' WHEN j.worked THEN 'CLOSED' ELSE s.breaker END,
  breaker_reason = CASE WHEN j.opens THEN coalesce(j."accountFault", CASE WHEN j."pauseMs" IS NOT NULL THEN 'throttled' ELSE 'faults' END) WHEN j.worked THEN NULL ELSE s.breaker_reason END,
  open_seconds = CASE WHEN j."pauseMs" IS NOT NULL THEN s.open_seconds WHEN j.opens THEN least(60, greatest(5, s.open_seconds * 2)) WHEN j.worked THEN 0 ELSE s.open_seconds END,
  open_until = CASE WHEN j.opens THEN now()
      + make_interval(secs => CASE WHEN j."pauseMs" IS NULL THEN least(60, greatest(5, s.open_seconds * 2))
      ELSE least(j."pauseMs" / 1000, 600) END)
    WHEN j.worked THEN NULL ELSE s.open_until END
FROM judged j WHERE s.tenant_id = j.tenant_id AND s.channel_id = j.channel_id
RETURNING s.tenant_id AS "tenantId", s.channel_id AS "channelId"`;

/** Tells the breakers what a batch of calls showed; answers the channels that were, or are now, not in perfect health. */
export async function recordHealth(
  sql: Sql,
  health: readonly ChannelHealth[],
): Promise<Pick<ChannelHealth, 'tenantId' | 'channelId'>[]> {
  return health.length ? sql.query(RECORD, [JSON.stringify(health)]) : [];
}
