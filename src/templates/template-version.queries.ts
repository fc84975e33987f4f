import type { Tx } from '../platform/db/tenant-db';
import type { TemplateTexts } from './render';
import type { VariableSpec } from './variables';

/** What a version of a template holds; never changed once it is written. */
export interface TemplateVersion extends TemplateTexts {
  version: number;
  /** What the HTML was made of, where it was not written as HTML. */
  mjml: string | null;
  variables: readonly VariableSpec[];
  layoutId: string | null;
  layoutVersion: number | null;
  smsTransliterate: boolean;
  /** `key:<id>`, and in front of it `user:<id>` where the key acts for one. */
  createdBy: string;
}

export interface TemplateVersionRow extends TemplateVersion {
  createdAt: Date;
}

export async function insertVersion(tx: Tx, templateId: string, version: TemplateVersion): Promise<void> {
  const { subject, body, html, mjml, variables, layoutId, layoutVersion, smsTransliterate, createdBy } = version;
  await tx.query(
    `INSERT INTO message_template_version (tenant_id, template_id, version, subject, body, html, mjml, variables, layout_id,
       layout_version, sms_transliterate, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[tx.tenantId, templateId, version.version, subject, body, html, mjml, JSON.stringify(variables)],
      ...[layoutId, layoutVersion, smsTransliterate, createdBy],
    ],
  );
}

const VERSION = `SELECT version, subject, body, html, mjml, variables, layout_id AS "layoutId",
  layout_version AS "layoutVersion", sms_transliterate AS "smsTransliterate", created_by AS "createdBy",
  created_at AS "createdAt" FROM message_template_version WHERE tenant_id = $1 AND template_id = $2`;

/** Undefined for none. */
export async function findVersion(
  tx: Tx,
  templateId: string,
  version: number,
): Promise<TemplateVersionRow | undefined> {
  const [row] = await tx.query<TemplateVersionRow>(`${VERSION} AND version = $3`, [tx.tenantId, templateId, version]);
  return row;
}

/** Newest first, one more than the limit. `before`: only older ones than this version. */
export function listVersions(tx: Tx, templateId: string, page: { before: number | null; limit: number }) {
  return tx.query<TemplateVersionRow>(
    `${VERSION} AND ($3::int IS NULL OR version < $3) ORDER BY version DESC LIMIT $4`,
    [tx.tenantId, templateId, page.before, page.limit + 1],
  );
}
