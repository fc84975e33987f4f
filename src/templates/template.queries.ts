import type { Tx } from '../platform/db/tenant-db';
import type { ChannelType } from '../providers/provider';
import type { TemplateTexts } from './render';
import type { VariableSpec } from './variables';

/** A template with its present version. */
export interface TemplateRow extends TemplateTexts {
  id: string;
  name: string;
  channelType: ChannelType;
  language: string;
  category: string;
  version: number;
  /** What the HTML was made of, where it was not written as HTML. */
  mjml: string | null;
  variables: readonly VariableSpec[];
  layoutId: string | null;
  layoutVersion: number | null;
  /** What stands around the HTML, in the version that was taken. */
  layoutHtml: string | null;
  smsTransliterate: boolean;
  providerTemplateName: string | null;
  /** What the provider said of its template; null: it was not asked. */
  approvalStatus: string | null;
  approvalReason: string | null;
  approvalSyncedAt: Date | null;
  usageCount: string;
  lastUsedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
}

const TEMPLATE = `t.id, t.name, t.channel_type AS "channelType", t.language, t.category, t.version, v.subject, v.body, v.html,
  v.mjml, v.variables, v.layout_id AS "layoutId", v.layout_version AS "layoutVersion", l.html AS "layoutHtml",
  v.sms_transliterate AS "smsTransliterate", t.provider_template_name AS "providerTemplateName",
  t.approval_status AS "approvalStatus", t.approval_reason AS "approvalReason",
  t.approval_synced_at AS "approvalSyncedAt", t.usage_count AS "usageCount",
  t.last_used_at AS "lastUsedAt", t.created_at AS "createdAt", t.updated_at AS "updatedAt"`;
const WITH_VERSION = `message_template t JOIN message_template_version v
  ON v.tenant_id = t.tenant_id AND v.template_id = t.id AND v.version = t.version
  LEFT JOIN template_layout_version l
  ON l.tenant_id = v.tenant_id AND l.layout_id = v.layout_id AND l.version = v.layout_version`;

const BY_ID = `SELECT ${TEMPLATE} FROM ${WITH_VERSION} WHERE t.tenant_id = $1 AND t.id = $2 AND t.deleted_at IS NULL`;

/** Undefined for none, a deleted one, and another tenant's. */
export async function findTemplate(tx: Tx, id: string): Promise<TemplateRow | undefined> {
  const [row] = await tx.query<TemplateRow>(BY_ID, [tx.tenantId, id]);
  return row;
}

/** One change of templates and layouts at a time and tenant: a layout changes all the templates that stand in it. */
export async function lockTemplates(tx: Tx): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended($1 || ' templates', 0))`, [tx.tenantId]);
}

export interface TemplateFilter {
  channelType: string | null;
  language: string | null;
  search: string | null;
  /** Id to continue behind. */
  after: string | null;
  limit: number;
}

const LIST = `
SELECT ${TEMPLATE} FROM ${WITH_VERSION}
WHERE t.tenant_id = $1 AND t.deleted_at IS NULL AND ($2::uuid IS NULL OR t.id < $2)
  AND ($3::text IS NULL OR t.channel_type = $3) AND ($4::text IS NULL OR t.language = $4)
  AND ($5::text IS NULL OR t.name ILIKE $5)
ORDER BY t.id DESC LIMIT $6`;

/** Newest first, one more than the limit. */
export function listTemplates(tx: Tx, filter: TemplateFilter): Promise<TemplateRow[]> {
  const { channelType, language, search, after, limit } = filter;
  const pattern = search === null ? null : `%${search.replace(/[\\%_]/g, '\\$&')}%`;
  return tx.query<TemplateRow>(LIST, [tx.tenantId, after, channelType, language, pattern, limit + 1]);
}

export type TemplateHead = Pick<
  TemplateRow,
  'id' | 'name' | 'channelType' | 'language' | 'category' | 'providerTemplateName'
>;

/** False when there is one of this name, channel type and language, whoever made it first. */
export async function insertTemplate(tx: Tx, head: TemplateHead): Promise<boolean> {
  const rows = await tx.query(
    `INSERT INTO message_template (tenant_id, id, name, channel_type, language, category, provider_template_name)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, name, channel_type, language) WHERE deleted_at IS NULL DO NOTHING RETURNING id`,
    [tx.tenantId, head.id, head.name, head.channelType, head.language, head.category, head.providerTemplateName],
  );
  return rows.length > 0;
}

/** Writes all of the head, and which version is the present one. */
export async function updateTemplate(tx: Tx, head: TemplateHead & { version: number }): Promise<void> {
  await tx.query(
    `UPDATE message_template SET name = $3, language = $4, category = $5, provider_template_name = $6, version = $7,
       approval_status = CASE WHEN provider_template_name IS NOT DISTINCT FROM $6 AND language = $4 THEN approval_status END,
       approval_reason = CASE WHEN provider_template_name IS NOT DISTINCT FROM $6 AND language = $4 THEN approval_reason END,
       approval_synced_at = CASE WHEN provider_template_name IS NOT DISTINCT FROM $6 AND language = $4 THEN approval_synced_at END,
       updated_at = now() WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, head.id, head.name, head.language, head.category, head.providerTemplateName, head.version],
  );
}

/** Whether another template than this one has the name in the language. */
export async function nameIsTaken(tx: Tx, head: TemplateHead): Promise<boolean> {
  const rows = await tx.query(
    `SELECT 1 FROM message_template WHERE tenant_id = $1 AND name = $2 AND channel_type = $3 AND language = $4
       AND id <> $5 AND deleted_at IS NULL`,
    [tx.tenantId, head.name, head.channelType, head.language, head.id],
  );
  return rows.length > 0;
}

export async function markDeleted(tx: Tx, id: string): Promise<void> {
  await tx.query(`UPDATE message_template SET deleted_at = now() WHERE tenant_id = $1 AND id = $2`, [tx.tenantId, id]);
}

/** The language that the tenant writes in where nothing else is said. */
export async function tenantLanguage(tx: Tx): Promise<string> {
  const [row] = await tx.query<{ language: string }>(`SELECT default_language AS language FROM tenant WHERE id = $1`, [
    tx.tenantId,
  ]);
  if (!row) throw new Error('The tenant of the transaction is gone');
  return row.language;
}

/** The languages in which there is a template of this name, with its id. */
export function listLanguages(tx: Tx, name: string, channelType: string): Promise<{ id: string; language: string }[]> {
  return tx.query<{ id: string; language: string }>(
    `SELECT id, language FROM message_template
     WHERE tenant_id = $1 AND name = $2 AND channel_type = $3 AND deleted_at IS NULL ORDER BY language`,
    [tx.tenantId, name, channelType],
  );
}
