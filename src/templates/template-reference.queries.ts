import type { FieldError } from '../platform/http/problem';
import type { Tx } from '../platform/db/tenant-db';

/** A place in a request that names a template for a channel type. */
export interface TemplateReference {
  /** JSON pointer of the field that holds the id. */
  pointer: string;
  templateId: string;
  channelType: string;
}

/** What is wrong with templates that something names for later: each must be the tenant's, and of the channel type. */
export async function templateFaults(tx: Tx, references: readonly TemplateReference[]): Promise<FieldError[]> {
  if (references.length === 0) return [];
  const rows = await tx.query<{ id: string; channelType: string }>(
    `SELECT id, channel_type AS "channelType" FROM message_template
     WHERE tenant_id = $1 AND id = ANY($2::uuid[]) AND deleted_at IS NULL`,
    [tx.tenantId, references.map(({ templateId }) => templateId)],
  );
  const known = new Map(rows.map(({ id, channelType }) => [id, channelType]));
  return references.flatMap(({ pointer, templateId, channelType }) => {
    const found = known.get(templateId);
    if (found === channelType) return [];
    return [
      { pointer, message: found ? `the template is for ${found}, not ${channelType}` : 'there is no such template' },
    ];
  });
}
