import type { Tx } from '../../platform/db/tenant-db';
import type { AuditLogQuery } from './audit-log.dto';

/** One line of the log as it is shown. */
export interface AuditRow {
  id: string;
  at: Date;
  actor: string;
  action: string;
  resource: string;
  resourceId: string | null;
  detail: Record<string, unknown>;
}

/** Newest first. An actor is one of the names in the line: the user's, or the key's that acted for the user. */
export function listLines(tx: Tx, query: AuditLogQuery, after: string | null): Promise<AuditRow[]> {
  const { actor, action, resource, resourceId, from, until, limit } = query;
  return tx.query<AuditRow>(
    `SELECT id, at, actor, action, resource, resource_id AS "resourceId", detail FROM audit_log
     WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2)
       AND ($3::text IS NULL OR $3 = ANY (string_to_array(actor, ' ')))
       AND ($4::text IS NULL OR action = $4) AND ($5::text IS NULL OR resource = $5)
       AND ($6::text IS NULL OR resource_id = $6)
       AND ($7::timestamptz IS NULL OR at >= $7) AND ($8::timestamptz IS NULL OR at < $8)
     ORDER BY id DESC LIMIT $9`,
    [tx.tenantId, after, actor, action, resource, resourceId, from, until, limit + 1].map((value) => value ?? null),
  );
}
