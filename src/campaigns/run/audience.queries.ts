import type { Tx } from '../../platform/db/tenant-db';
import { waitForTurn } from '../../platform/db/turn';
import { CONTACT_KEY } from '../recipients';
import { segmentCondition, type Segment } from '../segments/segment-tree';
import type { RunningCampaign } from './feeder.queries';
import { WAVES } from './variants';

/** What decides whose turn is when. */
export interface Turns {
  /** Percent of the recipients on whom variants are tried; null: there is no test. */
  sharePercent: number | null;
  /** Domains with a rate of their own. */
  domains: string[];
  /** Not before; `-infinity`: at once. */
  sendAt: string;
  /** The same by time zone, where it is another. */
  zones: Readonly<Record<string, string>>;
}

export interface Chunk {
  /** How many there were; fewer than asked for: it was the last. */
  count: number;
  last: string | null;
}

/**
 * The turn of a recipient `key` with the time zone `zone`: by chance in the test or not, but always the same; the domain of an
 * address where it has a rate of its own; its time. Places $3 to $6 are the fields of Turns.
 */
const turn = (key: string, zone: string) => `
  CASE WHEN $3::float8 IS NULL OR (hashtextextended(${key}, hashtextextended($2::text, 1)) & 2147483647) % 10000 < $3 * 100
    THEN ${WAVES.test} ELSE ${WAVES.rest} END AS wave,
  CASE WHEN lower(split_part(${key}, '@', 2)) = ANY($4::text[]) THEN lower(split_part(${key}, '@', 2)) ELSE '' END AS throttle,
  coalesce($6::jsonb ->> ${zone}, $5)::timestamptz AS send_at`;

const placesOf = (turns: Turns) => [turns.sharePercent, turns.domains, turns.sendAt, JSON.stringify(turns.zones)];

const NAMED_CHUNK = (limit: string) => `SELECT r.recipient_key, c.timezone FROM (
    SELECT r.recipient_key, r.contact_id FROM bulk_message_recipient r
    WHERE r.tenant_id = $1 AND r.campaign_id = $2::uuid AND r.recipient_key > $7 ORDER BY r.recipient_key LIMIT ${limit}) r
  LEFT JOIN contact_identity i ON i.tenant_id = $1 AND i.channel_type = $8 AND i.address = r.recipient_key
  LEFT JOIN contact c ON c.tenant_id = $1 AND c.id = coalesce(i.contact_id, r.contact_id)`;

/** Decides whose turn is when among the recipients who were named. */
export async function setTurns(
  tx: Tx,
  { id, channelType }: RunningCampaign,
  turns: Turns,
  { after, limit }: { after: string; limit: number },
): Promise<Chunk> {
  const [row] = await tx.query<Chunk>(
    `WITH chunk AS (${NAMED_CHUNK('$9')}),
     turned AS (
       UPDATE bulk_message_recipient r SET wave = t.wave, throttle = t.throttle, send_at = t.send_at
       FROM (SELECT recipient_key, ${turn('recipient_key', 'timezone')} FROM chunk) t
       WHERE r.tenant_id = $1 AND r.campaign_id = $2::uuid AND r.recipient_key = t.recipient_key AND r.status = 'PENDING')
     SELECT count(*)::int AS count, max(recipient_key) AS last FROM chunk`,
    [tx.tenantId, id, ...placesOf(turns), after, channelType, limit],
  );
  return row ?? { count: 0, last: null };
}

/** Gives a run of a recurring bulk send the next of the recipients that were named for all of them. */
export async function insertFromParent(
  tx: Tx,
  { id, parentId, channelType }: RunningCampaign,
  turns: Turns,
  { after, limit }: { after: string; limit: number },
): Promise<Chunk> {
  const [row] = await tx.query<Chunk>(
    `WITH chunk AS (
       SELECT r.recipient_key, r.contact_id, r.variables, r.status, r.reason_code FROM bulk_message_recipient r
       WHERE r.tenant_id = $1 AND r.campaign_id = $10 AND r.recipient_key > $7 ORDER BY r.recipient_key LIMIT $9),
     frozen AS (
       INSERT INTO bulk_message_recipient (tenant_id, campaign_id, recipient_key, contact_id, variables, status, reason_code,
         wave, throttle, send_at)
       SELECT $1, $2::uuid, n.recipient_key, n.contact_id, n.variables, n.status, n.reason_code,
         ${turn('n.recipient_key', 'c.timezone')}
       FROM chunk n
       LEFT JOIN contact_identity i ON i.tenant_id = $1 AND i.channel_type = $8 AND i.address = n.recipient_key
       LEFT JOIN contact c ON c.tenant_id = $1 AND c.id = coalesce(i.contact_id, n.contact_id)
       WHERE n.status IN ('PENDING', 'EXCLUDED') ON CONFLICT DO NOTHING)
     SELECT count(*)::int AS count, max(recipient_key) AS last FROM chunk`,
    [tx.tenantId, id, ...placesOf(turns), after, channelType, limit, parentId],
  );
  return row ?? { count: 0, last: null };
}

/** Time zones of the contacts in a chunk. */
export async function zonesOfRecipients(
  tx: Tx,
  { id, parentId, channelType }: RunningCampaign,
  { after, limit }: { after: string; limit: number },
): Promise<string[]> {
  const rows = await tx.query<{ timezone: string }>(
    `SELECT DISTINCT c.timezone FROM (
       SELECT r.recipient_key, r.contact_id FROM bulk_message_recipient r
       WHERE r.tenant_id = $1 AND r.campaign_id = $2 AND r.recipient_key > $3 ORDER BY r.recipient_key LIMIT $5) r
     LEFT JOIN contact_identity i ON i.tenant_id = $1 AND i.channel_type = $4 AND i.address = r.recipient_key
     JOIN contact c ON c.tenant_id = $1 AND c.id = coalesce(i.contact_id, r.contact_id)
     WHERE c.timezone IS NOT NULL`,
    [tx.tenantId, parentId ?? id, after, channelType, limit],
  );
  return rows.map(({ timezone }) => timezone);
}

/** Time zones that any contact of the tenant has. */
export async function zonesOfSegment(tx: Tx): Promise<string[]> {
  const rows = await tx.query<{ timezone: string }>(
    `SELECT DISTINCT timezone FROM contact WHERE tenant_id = $1 AND deleted_at IS NULL AND timezone IS NOT NULL`,
    [tx.tenantId],
  );
  return rows.map(({ timezone }) => timezone);
}

/**
 * A chunk may read all messages of the tenant. And without sorting there is one way only to the addresses of a contact: by the
 * index that has them in their order. Right after an import, when PostgreSQL knows nothing of the table yet, it would take
 * another that seems as good, and read every address of the tenant for every contact.
 */
const FOR_A_CHUNK = `SELECT set_config('statement_timeout', '60s', true), set_config('enable_sort', 'off', true)`;

/**
 * Freezes the next contacts of the segment, in the order of their ids, as recipients; who came after the start is not among
 * them. One who has no address is left out with the reason, and of two with one address the second.
 */
export async function insertFromSegment(
  tx: Tx,
  { id, channelType, segment, startedAt, now }: RunningCampaign & { segment: Segment },
  turns: Turns,
  { after, limit }: { after: string; limit: number },
): Promise<Chunk> {
  const condition = segmentCondition(segment, 11);
  await tx.query(FOR_A_CHUNK);
  const [row] = await tx.once<Chunk>(
    `WITH chunk AS MATERIALIZED (
       SELECT c.id, c.timezone FROM contact c
       WHERE c.tenant_id = $1 AND c.deleted_at IS NULL AND c.id > $7 AND c.created_at <= $9 AND ${condition.sql}
       ORDER BY c.id LIMIT $10),
     addressed AS (
       SELECT c.id, c.timezone, i.address, coalesce(i.address, '${CONTACT_KEY}' || c.id) AS key FROM chunk c
       LEFT JOIN LATERAL (SELECT i.address FROM contact_identity i WHERE i.tenant_id = $1 AND i.contact_id = c.id
         AND i.channel_type = $8 ORDER BY i.created_at LIMIT 1) i ON true),
     frozen AS (
       INSERT INTO bulk_message_recipient (tenant_id, campaign_id, recipient_key, contact_id, status, reason_code, wave, throttle, send_at)
       SELECT $1, $2::uuid, key, id, CASE WHEN address IS NULL THEN 'EXCLUDED' ELSE 'PENDING' END,
         CASE WHEN address IS NULL THEN 'no_address' END, ${turn('key', 'timezone')}
       FROM addressed ON CONFLICT DO NOTHING RETURNING 1),
     counted AS (
       UPDATE bulk_message_campaign SET duplicates = duplicates + (SELECT count(*) FROM chunk) - (SELECT count(*) FROM frozen)
       WHERE tenant_id = $1 AND id = $2::uuid)
     SELECT count(*)::int AS count, max(id::text) AS last FROM chunk`,
    [tx.tenantId, id, ...placesOf(turns), after, channelType, startedAt ?? now, limit, ...condition.values],
  );
  return row ?? { count: 0, last: null };
}

/** Holds it until the commit, and says whether it still stands where it was read: another worker may have gone on. */
export async function holdsPlace(tx: Tx, { id, preparedUntil }: RunningCampaign): Promise<boolean> {
  await waitForTurn(tx, 'bulk_message_campaign', id);
  const rows = await tx.query(
    `SELECT 1 FROM bulk_message_campaign WHERE tenant_id = $1 AND id = $2 AND prepared_at IS NULL
       AND status IN ('PREPARING', 'RUNNING') AND prepared_until IS NOT DISTINCT FROM $3 FOR NO KEY UPDATE`,
    [tx.tenantId, id, preparedUntil],
  );
  return rows.length > 0;
}

/** Where the next chunk goes on. */
export async function notePlace(tx: Tx, id: string, place: string): Promise<void> {
  await tx.query(`UPDATE bulk_message_campaign SET prepared_until = $3 WHERE tenant_id = $1 AND id = $2`, [
    tx.tenantId,
    id,
    place,
  ]);
}

/** From here on nobody joins it. */
export async function endPreparation(tx: Tx, id: string): Promise<void> {
  await tx.query(
    `UPDATE bulk_message_campaign SET prepared_at = coalesce(prepared_at, now()) WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id],
  );
}
