import type { Tx } from '../../platform/db/tenant-db';

/** A layout with its present HTML. */
export interface LayoutRow {
  id: string;
  name: string;
  version: number;
  html: string;
  /** Templates whose present version stands in it. */
  templates: string;
  createdAt: Date;
  updatedAt: Date;
}

const LAYOUT = `
SELECT l.id, l.name, l.version, v.html, l.created_at AS "createdAt", l.updated_at AS "updatedAt",
  (SELECT count(*) FROM message_template t JOIN message_template_version tv
     ON tv.tenant_id = t.tenant_id AND tv.template_id = t.id AND tv.version = t.version
   WHERE tv.tenant_id = l.tenant_id AND tv.layout_id = l.id AND t.deleted_at IS NULL) AS templates
FROM template_layout l JOIN template_layout_version v
  ON v.tenant_id = l.tenant_id AND v.layout_id = l.id AND v.version = l.version
WHERE l.tenant_id = $1 AND l.deleted_at IS NULL`;

/** Undefined for none, a deleted one, and another tenant's. */
export async function findLayout(tx: Tx, id: string): Promise<LayoutRow | undefined> {
  const [row] = await tx.query<LayoutRow>(`${LAYOUT} AND l.id = $2`, [tx.tenantId, id]);
  return row;
}

/** Newest first, one more than the limit. */
export function listLayouts(tx: Tx, { after, limit }: { after: string | null; limit: number }): Promise<LayoutRow[]> {
  return tx.query<LayoutRow>(`${LAYOUT} AND ($2::uuid IS NULL OR l.id < $2) ORDER BY l.id DESC LIMIT $3`, [
    tx.tenantId,
    after,
    limit + 1,
  ]);
}

/** The version that new templates stand in; undefined for no such layout. */
export async function presentVersion(tx: Tx, id: string): Promise<number | undefined> {
  const [row] = await tx.query<{ version: number }>(
    `SELECT version FROM template_layout WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL`,
    [tx.tenantId, id],
  );
  return row?.version;
}

/** False when there is one of this name, whoever made it first. */
export async function insertLayout(tx: Tx, id: string, name: string): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO template_layout (tenant_id, id, name) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id, name) WHERE deleted_at IS NULL DO NOTHING RETURNING id`,
    [tx.tenantId, id, name],
  );
  return rows.length > 0;
}

export async function insertLayoutVersion(
  tx: Tx,
  layoutId: string,
  { version, html, createdBy }: { version: number; html: string; createdBy: string },
): Promise<void> {
  await tx.query(
    `INSERT INTO template_layout_version (tenant_id, layout_id, version, html, created_by) VALUES ($1, $2, $3, $4, $5)`,
    [tx.tenantId, layoutId, version, html, createdBy],
  );
}

/** Whether another layout than this one has the name. */
export async function layoutNameIsTaken(tx: Tx, id: string, name: string): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 FROM template_layout WHERE tenant_id = $1 AND name = $2 AND id <> $3 AND deleted_at IS NULL`,
    [tx.tenantId, name, id],
  );
  return rows.length > 0;
}

export async function updateLayout(tx: Tx, id: string, { name, version }: { name: string; version: number }) {
  await tx.query(
    `UPDATE template_layout SET name = $3, version = $4, updated_at = now() WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, name, version],
  );
}

export async function markLayoutDeleted(tx: Tx, id: string): Promise<void> {
  await tx.query(`UPDATE template_layout SET deleted_at = now() WHERE tenant_id = $1 AND id = $2`, [tx.tenantId, id]);
}

const MOVE = `
WITH moved AS (
  UPDATE message_template t SET version = t.version + 1, updated_at = now()
  FROM message_template_version v
  WHERE t.tenant_id = $1 AND t.deleted_at IS NULL AND v.tenant_id = t.tenant_id AND v.template_id = t.id
    AND v.version = t.version AND v.layout_id = $2
  RETURNING t.id, t.version
)
INSERT INTO message_template_version (tenant_id, template_id, version, subject, body, html, mjml, variables, layout_id,
  layout_version, sms_transliterate, created_by)
SELECT v.tenant_id, v.template_id, m.version, v.subject, v.body, v.html, v.mjml, v.variables, v.layout_id, $3,
  v.sms_transliterate, $4
FROM moved m JOIN message_template_version v
  ON v.tenant_id = $1 AND v.template_id = m.id AND v.version = m.version - 1`;

/** A new version of every template that stands in the layout, so that each message keeps what it was made of. */
export async function moveTemplates(
  tx: Tx,
  layoutId: string,
  { version, createdBy }: { version: number; createdBy: string },
): Promise<void> {
  await tx.query(MOVE, [tx.tenantId, layoutId, version, createdBy]);
}
