import type { Tx } from '../../platform/db/tenant-db';

/** One line to be written. */
export interface NewLine {
  id: string;
  actor: string;
  action: string;
  resource: string;
  resourceId: string;
  detail: Readonly<Record<string, unknown>>;
}

/** One line as verification reads it. */
export interface LinkedLine {
  seq: number;
  id: string;
  /** Hex of the hash that the line says its predecessor has. */
  before: string;
  hash: string;
  /** Hex of the hash that the line should have. */
  due: string;
}

/** Lines behind a place, with the last line as the chain knows it: one statement, so that both are of one moment. */
export interface Stretch {
  lines: LinkedLine[];
  head: { seq: number; hash: string } | null;
}

/** Hangs a line on the last one. The lock comes first: the statement behind it sees what whoever held it has committed. */
export async function appendLine(tx: Tx, { id, actor, action, resource, resourceId, detail }: NewLine): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1::text || ' audit', 0))`, [tx.tenantId]);
  await tx.query(
    `WITH place AS (
       SELECT coalesce((SELECT seq FROM audit_chain WHERE tenant_id = $1), 0) + 1 AS seq,
         coalesce((SELECT hash FROM audit_chain WHERE tenant_id = $1), ''::bytea) AS prev
     ),
     line AS (
       INSERT INTO audit_log (tenant_id, id, actor, action, resource, resource_id, detail, seq, prev_hash, hash)
       SELECT $1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::jsonb, place.seq, place.prev,
         audit_line_hash(place.prev, $1, place.seq, $2, now(), $3, $4, $5, $6, $7)
       FROM place RETURNING seq, hash
     )
     INSERT INTO audit_chain (tenant_id, seq, hash) SELECT $1::uuid, seq, hash FROM line
     ON CONFLICT (tenant_id) DO UPDATE SET seq = EXCLUDED.seq, hash = EXCLUDED.hash`,
    [tx.tenantId, id, actor, action, resource, resourceId, JSON.stringify(detail)],
  );
}

/** The lines behind `after`, at most `limit`. */
export async function readStretch(tx: Tx, after: number, limit: number): Promise<Stretch> {
  const [stretch] = await tx.query<Stretch>(
    `SELECT coalesce((SELECT jsonb_agg(to_jsonb(line) ORDER BY line.seq) FROM (
         SELECT l.seq, l.id, encode(l.prev_hash, 'hex') AS before, encode(l.hash, 'hex') AS hash,
           encode(audit_line_hash(l.prev_hash, l.tenant_id, l.seq, l.id, l.at, l.actor, l.action, l.resource, l.resource_id,
             l.detail), 'hex') AS due
         FROM audit_log l WHERE l.tenant_id = $1 AND l.seq > $2 ORDER BY l.seq LIMIT $3) line), '[]') AS lines,
       (SELECT jsonb_build_object('seq', c.seq, 'hash', encode(c.hash, 'hex')) FROM audit_chain c WHERE c.tenant_id = $1)
         AS head`,
    [tx.tenantId, after, limit],
  );
  return stretch ?? { lines: [], head: null };
}

/** The hash of the line at a place, in hex; undefined when there is none. */
export async function hashAt(tx: Tx, seq: number): Promise<string | undefined> {
  const [line] = await tx.query<{ hash: string }>(
    `SELECT encode(hash, 'hex') AS hash FROM audit_log WHERE tenant_id = $1 AND seq = $2`,
    [tx.tenantId, seq],
  );
  return line?.hash;
}
