import type { Sql } from '../../platform/db/sql';
import { GATE, type GateVerdict } from '../../preferences/gate/gate';
import { TRACKING } from '../tracking/tracking.sql';
import { REFUSED_ANSWERS, UNREFUSED } from './refused-answers';

/** A message as it is to be stored, everything decided but what only the database knows: contact, session, duplicates. */
export interface NewMessage {
  id: string;
  /** Taken where the address, or the open conversation, is new. */
  proposedContactId: string;
  proposedSessionId: string;
  channelId: string;
  channelType: string;
  providerType: string;
  from: string;
  to: string;
  lane: string;
  purpose: string;
  topic: string | null;
  messageType: string;
  content: object;
  templateId: string | null;
  templateVersion: number | null;
  delivery: string;
  /** Keeps the order of its conversation. */
  ordered: boolean;
  scheduledAt: string | null;
  /** The bulk send that it belongs to. */
  campaignId?: string;
  /** When it may go at the earliest, for what is not scheduled: the pace of a bulk send. RFC 3339. */
  dueAt?: string;
  /** What was asked for by the wall clock of a zone, where it was: `scheduledAt` follows from it. */
  localAt?: string | null;
  timezone?: string | null;
  /** How late it may still go; an hour when left out. */
  graceSeconds?: number | null;
  expiresAt: string | null;
  clientReference: string | null;
  /** Whether clicks and openings are to be told; left out: as the tenant has set. */
  trackClicks?: boolean | undefined;
  trackOpens?: boolean | undefined;
  metadata: object;
  /** Present when the request carried an Idempotency-Key. */
  idempotency?: { route: string; key: string; fingerprint: string; body: string; location: string };
}

/** What became of one: stored, or its key is being used right now, or was used before. */
export interface Accepted {
  outcome: 'STORED' | 'KEY_BUSY' | 'KEY_USED';
  /** Why it was stored as SUPPRESSED, where the gate said no for good. */
  refused?: Exclude<GateVerdict, 'GO'> | null | undefined;
}

/**
 * Everything that accepting messages of one tenant needs, in one statement: idempotency rows, contacts for addresses that
 * nobody holds, one open session a counterpart, and the messages. An address or session that another transaction makes at
 * this moment is not doubled: DO UPDATE answers with the row that won, whether or not this snapshot can see it.
 * The gate is asked here as well as at dispatch: what it refuses for good is stored as SUPPRESSED, and never queued.
 * Whoever waits in a conversation is answered by it, unless it is a notice (with a topic, of a bulk send, a password) or refused.
 * Rows are written in the order of their keys, so that two of these never wait for each other in a circle.
 */
const ACCEPT = `
WITH input AS (
  SELECT * FROM jsonb_to_recordset($2::jsonb) AS r(id uuid, "proposedContactId" uuid, "proposedSessionId" uuid,
    "channelId" uuid, "channelType" text, "providerType" text, "from" text, "to" text, lane text, purpose text, topic text,
    "messageType" text, content jsonb, "templateId" uuid, "templateVersion" int, delivery text, ordered boolean,
    "scheduledAt" timestamptz, "localAt" text, timezone text, "graceSeconds" int, "dueAt" timestamptz, "expiresAt" timestamptz,
    "clientReference" text, metadata jsonb, "campaignId" uuid, "trackClicks" boolean, "trackOpens" boolean, route text, key text, fingerprint text, body text, location text)
),
locked AS (
  SELECT *, key IS NULL OR pg_try_advisory_xact_lock(hashtextextended($1::uuid::text || ' POST ' || route || ' ' || key, 0)) AS free
  FROM input
),
asked AS (
  SELECT id AS message_id, $1::uuid AS tenant_id, "channelId" AS channel_id, "channelType" AS channel_type, "to" AS address,
    NULL::uuid AS contact_id, purpose, topic, lane
  FROM locked WHERE "scheduledAt" IS NULL OR "scheduledAt" <= now()
),
gated AS (${GATE}),
refused AS (
  SELECT g.message_id, g.verdict, g.rule, a.code, a.detail, a.answer FROM gated g JOIN (VALUES ${REFUSED_ANSWERS})
    AS a(verdict, code, detail, answer) ON a.verdict = g.verdict
),
keyed AS (
  INSERT INTO idempotency_key (tenant_id, method, route, key, fingerprint, status, body, location)
  SELECT $1::uuid, 'POST', route, key, decode(fingerprint, 'hex'), 202,
    CASE WHEN r.answer IS NULL THEN body ELSE replace(body, '${UNREFUSED}', r.answer) END, location
  FROM locked LEFT JOIN refused r ON r.message_id = id WHERE key IS NOT NULL AND free ORDER BY route, key
  ON CONFLICT DO NOTHING RETURNING route, key
),
fresh AS (SELECT * FROM locked WHERE key IS NULL OR (route, key) IN (SELECT route, key FROM keyed)),
addresses AS (
  SELECT DISTINCT ON (f."channelType", f."to") f."channelType", f."to", f."proposedContactId" AS proposed, i.contact_id AS known
  FROM fresh f LEFT JOIN contact_identity i
    ON i.tenant_id = $1 AND i.channel_type = f."channelType" AND i.address = f."to"
  ORDER BY f."channelType", f."to"
),
identified AS (
  INSERT INTO contact_identity AS i (tenant_id, channel_type, address, contact_id)
  SELECT $1::uuid, "channelType", "to", proposed FROM addresses WHERE known IS NULL ORDER BY "channelType", "to"
  ON CONFLICT (tenant_id, channel_type, address) DO UPDATE SET address = excluded.address
  RETURNING i.channel_type, i.address, i.contact_id
),
new_contacts AS (
  INSERT INTO contact (tenant_id, id)
  SELECT $1::uuid, a.proposed FROM addresses a JOIN identified i ON i.contact_id = a.proposed
),
people AS (
  SELECT a."channelType", a."to", coalesce(a.known, i.contact_id) AS contact_id
  FROM addresses a LEFT JOIN identified i ON i.channel_type = a."channelType" AND i.address = a."to"
),
conversations AS (
  SELECT DISTINCT ON (f."channelId", f."to") f."channelId", f."to", f."channelType", f."proposedSessionId" AS proposed,
    p.contact_id, s.id AS known, s.waiting_since
  FROM fresh f JOIN people p ON p."channelType" = f."channelType" AND p."to" = f."to"
  LEFT JOIN communication_session s ON s.tenant_id = $1 AND s.channel_id = f."channelId" AND s.counterpart = f."to"
    AND s.status IN ('INITIATED', 'ACTIVE', 'PENDING')
  ORDER BY f."channelId", f."to"
),
opened AS (
  INSERT INTO communication_session AS s
    (tenant_id, id, channel_id, channel_type, contact_id, counterpart, direction, status)
  SELECT $1::uuid, proposed, "channelId", "channelType", contact_id, "to", 'OUTBOUND', 'INITIATED'
  FROM conversations WHERE known IS NULL ORDER BY "channelId", "to"
  ON CONFLICT (tenant_id, channel_id, counterpart) WHERE status IN ('INITIATED', 'ACTIVE', 'PENDING')
  DO UPDATE SET counterpart = excluded.counterpart
  RETURNING s.channel_id, s.counterpart, s.id
),
waiting AS (
  SELECT s.id FROM communication_session s
  WHERE s.tenant_id = $1 AND s.waiting_since IS NOT NULL AND s.id IN (
    SELECT c.known FROM conversations c JOIN fresh f ON f."channelId" = c."channelId" AND f."to" = c."to"
    LEFT JOIN refused r ON r.message_id = f.id
    WHERE c.waiting_since IS NOT NULL AND r.verdict IS NULL AND (f."scheduledAt" IS NULL OR f."scheduledAt" <= now())
      AND f.lane = 'transactional' AND f.purpose = 'TRANSACTIONAL' AND f.topic IS NULL AND f."campaignId" IS NULL)
  ORDER BY s.id FOR NO KEY UPDATE
),
answered AS (
  UPDATE communication_session s SET first_replied_at = coalesce(s.first_replied_at, now()), waiting_since = NULL,
    due_at = NULL, updated_at = now()
  FROM waiting w WHERE s.tenant_id = $1 AND s.id = w.id
),
sessions AS (
  SELECT c."channelId", c."to", c.contact_id, coalesce(c.known, o.id) AS session_id
  FROM conversations c LEFT JOIN opened o ON o.channel_id = c."channelId" AND o.counterpart = c."to"
),
stored AS (
  INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type, direction,
    lane, purpose, topic, from_address, to_address, message_type, content, template_id, template_version, delivery,
    ordering_key, status, reason_code, reason_detail, reason_rule, due_at, expires_at, scheduled_at, client_reference, metadata,
    campaign_id, track_clicks, track_opens)
  SELECT $1::uuid, f.id, s.session_id, s.contact_id, f."channelId", f."channelType", f."providerType", 'OUTBOUND',
    f.lane, f.purpose, f.topic, f."from", f."to", f."messageType", f.content, f."templateId", f."templateVersion", f.delivery,
    CASE WHEN f.ordered THEN s.session_id END,
    CASE WHEN f."scheduledAt" > now() THEN 'SCHEDULED' WHEN r.verdict IS NOT NULL THEN 'SUPPRESSED' ELSE 'QUEUED' END,
    r.code, r.detail, r.rule, coalesce(f."scheduledAt", f."dueAt", now()), f."expiresAt",
    f."scheduledAt", f."clientReference", f.metadata, f."campaignId",
    coalesce(k.may AND coalesce(f."trackClicks", k.clicks), false), coalesce(k.may AND coalesce(f."trackOpens", k.opens), false)
  FROM fresh f JOIN sessions s ON s."channelId" = f."channelId" AND s."to" = f."to"
  LEFT JOIN LATERAL (${TRACKING}) k ON true
  LEFT JOIN refused r ON r.message_id = f.id ORDER BY f.id
  RETURNING id
),
scheduled AS (
  INSERT INTO scheduled_message (tenant_id, id, message_id, channel_type, scheduled_at, next_at, local_at, timezone,
    grace_seconds, request)
  SELECT $1::uuid, f.id, f.id, f."channelType", f."scheduledAt", f."scheduledAt", f."localAt", coalesce(f.timezone, 'UTC'),
    coalesce(f."graceSeconds", 3600), '{}' FROM fresh f JOIN stored USING (id)
  WHERE f."scheduledAt" > now()
),
used AS (
  UPDATE message_template t SET usage_count = usage_count + n.times, last_used_at = now()
  FROM (SELECT "templateId" AS id, count(*) AS times FROM fresh WHERE "templateId" IS NOT NULL GROUP BY 1) n
  WHERE t.tenant_id = $1 AND t.id = n.id
)
SELECT l.id, CASE WHEN s.id IS NOT NULL THEN 'STORED' WHEN l.free THEN 'KEY_USED' ELSE 'KEY_BUSY' END AS outcome,
  r.verdict AS refused
FROM locked l LEFT JOIN stored s ON s.id = l.id LEFT JOIN refused r ON r.message_id = l.id`;

/** Stores messages of the tenant in whose context `sql` runs; one result a message, in their order. */
export async function acceptMessages(sql: Sql, tenantId: string, messages: readonly NewMessage[]): Promise<Accepted[]> {
  const rows = messages.map((message) => (message.idempotency ? { ...message, ...message.idempotency } : message));
  const results = await sql.query<Accepted & { id: string }>(ACCEPT, [tenantId, JSON.stringify(rows)]);
  const outcomes = new Map(results.map(({ id, outcome, refused }) => [id, { outcome, refused }]));
  return messages.map(({ id }) => outcomes.get(id) ?? { outcome: 'KEY_BUSY' });
}
