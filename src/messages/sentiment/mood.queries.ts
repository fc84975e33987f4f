import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import type { DueThing } from '../../platform/time/clock';
import type { SentimentSource } from '../../sessions/settings/session-settings.dto';
import type { Mood } from './sentiment';

/** Takes messages whose mood is to be told, of all tenants. Whoever crashes with one only makes it wait. */
export function takeDueMoods(sql: Sql, limit: number): Promise<DueThing[]> {
  return sql.query<DueThing>(
    `WITH due AS (
       SELECT m.tenant_id, m.id FROM communication_message m WHERE m.sentiment_due_at <= now()
       ORDER BY m.sentiment_due_at LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
     UPDATE communication_message m SET sentiment_due_at = now() + interval '2 minutes' FROM due d
     WHERE m.tenant_id = d.tenant_id AND m.id = d.id RETURNING m.tenant_id AS "tenantId", m.id`,
    [limit],
  );
}

/** A message with its words, and who is to judge them. */
export interface WordsOfMessage {
  id: string;
  text: unknown;
  source: SentimentSource | null;
}

export function wordsOf(tx: Tx, ids: readonly string[]): Promise<WordsOfMessage[]> {
  return tx.query<WordsOfMessage>(
    `SELECT m.id, m.content -> 'text' AS text, t.session_settings ->> 'sentiment' AS source
     FROM communication_message m JOIN tenant t ON t.id = m.tenant_id
     WHERE m.tenant_id = $1 AND m.id = ANY($2::uuid[]) AND m.sentiment_due_at IS NOT NULL AND m.erased_at IS NULL`,
    [tx.tenantId, ids],
  );
}

/** Keeps the mood of a message, or that there is none, and what it makes of its conversation. */
export async function keepMood(tx: Tx, id: string, mood: Mood | null): Promise<void> {
  const [message] = await tx.query<{ sessionId: string }>(
    `UPDATE communication_message SET sentiment = $3, sentiment_score = $4, sentiment_due_at = NULL
     WHERE tenant_id = $1 AND id = $2 AND sentiment_due_at IS NOT NULL AND erased_at IS NULL
     RETURNING session_id AS "sessionId"`,
    [tx.tenantId, id, mood?.label ?? null, mood?.score ?? null],
  );
  if (!message || !mood) return;
  await tx.query(`SELECT 1 FROM communication_session WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE`, [
    tx.tenantId,
    message.sessionId,
  ]);
  await tx.query(FOLLOW, [tx.tenantId, message.sessionId]);
}

/** Worked out anew from the last six, so that it is the same in whichever order moods are told. */
const FOLLOW = `
WITH latest AS (
  SELECT m.sentiment, m.sentiment_score AS score, row_number() OVER (ORDER BY m.id DESC) AS place
  FROM communication_message m
  WHERE m.tenant_id = $1 AND m.session_id = $2 AND m.direction = 'INBOUND' AND m.sentiment IS NOT NULL
  ORDER BY m.id DESC LIMIT 6
),
last AS (SELECT sentiment, score FROM latest WHERE place = 1),
earlier AS (SELECT avg(score) AS score FROM latest WHERE place > 1)
UPDATE communication_session s SET sentiment = l.sentiment, sentiment_score = l.score,
  sentiment_trend = CASE WHEN e.score IS NULL THEN NULL WHEN l.score - e.score > 0.2 THEN 'RISING'
    WHEN l.score - e.score < -0.2 THEN 'FALLING' ELSE 'STEADY' END
FROM last l CROSS JOIN earlier e WHERE s.tenant_id = $1 AND s.id = $2`;
