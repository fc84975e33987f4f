import type { Tx } from '../../platform/db/tenant-db';
import type { SegmentPreviewResponse } from './segment-response.dto';
import { segmentCondition, type Segment } from './segment-tree';

export interface SegmentRow {
  id: string;
  name: string;
  segment: Record<string, unknown>;
  createdAt: Date;
  updatedAt: Date;
}

const SEGMENT = `SELECT id, name, condition AS segment, created_at AS "createdAt", updated_at AS "updatedAt"
  FROM segment WHERE tenant_id = $1 AND deleted_at IS NULL`;

/** Undefined for none, a deleted one, and another tenant's. */
export async function findSegment(tx: Tx, id: string): Promise<SegmentRow | undefined> {
  const [row] = await tx.query<SegmentRow>(`${SEGMENT} AND id = $2`, [tx.tenantId, id]);
  return row;
}

/** Newest first, one more than `limit`. */
export function listSegments(tx: Tx, limit: number, after: string | null): Promise<SegmentRow[]> {
  return tx.query<SegmentRow>(`${SEGMENT} AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`, [
    tx.tenantId,
    after,
    limit + 1,
  ]);
}

/** Stores a new one, or the new fields of an old one; false when another has the name. */
export async function saveSegment(tx: Tx, { id, name, segment }: Pick<SegmentRow, 'id' | 'name' | 'segment'>) {
  const taken = await tx.query(
    'SELECT 1 FROM segment WHERE tenant_id = $1 AND name = $2 AND id <> $3 AND deleted_at IS NULL',
    [tx.tenantId, name, id],
  );
  if (taken.length > 0) return false;
  await tx.query(
    `INSERT INTO segment (tenant_id, id, name, condition) VALUES ($1, $2, $3, $4)
     ON CONFLICT (tenant_id, id) DO UPDATE SET name = excluded.name, condition = excluded.condition, updated_at = now()`,
    [tx.tenantId, id, name, JSON.stringify(segment)],
  );
  return true;
}

/** Soft: bulk sends that name it keep it, the name is free again. False when there was nothing to delete. */
export async function deleteSegment(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE segment SET deleted_at = now(), updated_at = now()
     WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING id`,
    [tx.tenantId, id],
  );
  return rows.length > 0;
}

/**
 * Gives the rest of the transaction memory in which the contacts of conditions about messages have room: without it PostgreSQL
 * would look them up by reading all messages again for every contact.
 */
export async function holdInMemory(tx: Tx): Promise<void> {
  await tx.query(`SELECT set_config('work_mem', '64MB', true)`);
}

const SAMPLE_SIZE = 5;

/** Asked once, and counted from what came of it: contacts, those with an address, and the newest of them. */
const preview = (condition: string) => `
WITH chosen AS MATERIALIZED (
  SELECT c.id FROM contact c WHERE c.tenant_id = $1 AND c.deleted_at IS NULL AND ${condition}
),
reached AS (SELECT DISTINCT i.contact_id FROM contact_identity i WHERE i.tenant_id = $1 AND i.channel_type = $2)
SELECT (SELECT count(*) FROM chosen)::int AS count,
  (SELECT count(*) FROM chosen JOIN reached ON reached.contact_id = chosen.id)::int AS reachable,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('id', c.id, 'externalId', c.external_id, 'name', c.name) ORDER BY c.id DESC), '[]')
    FROM contact c WHERE c.tenant_id = $1 AND c.id IN (SELECT id FROM chosen ORDER BY id DESC LIMIT ${SAMPLE_SIZE})) AS sample`;

export async function previewSegment(tx: Tx, segment: Segment, channelType: string): Promise<SegmentPreviewResponse> {
  const { sql, values } = segmentCondition(segment, 3);
  await holdInMemory(tx);
  const [row] = await tx.once<SegmentPreviewResponse>(preview(sql), [tx.tenantId, channelType, ...values]);
  if (!row) throw new Error('Counting gave no answer');
  return row;
}
