import type { Client } from 'pg';

type Rows = (text: string, values?: unknown[]) => Promise<{ table: string; hash: string }[]>;

/** What workers count from other tables in their own time: it changes without anybody touching the tenant. */
const COUNTED = `'communication_analytics', 'analytics_quarter', 'analytics_total', 'analytics_due', 'analytics_state'`;

/** A hash of all rows of a tenant, by table: equal before and after means that nothing of the tenant was touched. */
export async function tenantHash(query: Rows, tenantId: string): Promise<Record<string, string>> {
  const tables = await query(
    `SELECT table_name AS "table", '' AS hash FROM information_schema.columns
     WHERE table_schema = 'public' AND column_name = 'tenant_id' AND table_name NOT IN (${COUNTED}) ORDER BY 1`,
  );
  const each = tables.map(
    ({ table }) => `SELECT '${table}' AS "table", md5(string_agg(t::text, '' ORDER BY t::text)) AS hash
      FROM ${table} t WHERE tenant_id = $1`,
  );
  const own = `SELECT 'tenant' AS "table", md5(t::text) AS hash FROM tenant t WHERE id = $1`;
  const rows = await query([...each, own].join(' UNION ALL '), [tenantId]);
  return Object.fromEntries(rows.map(({ table, hash }) => [table, hash]));
}

/** For a client of the superuser. */
export function hashWith(client: Client, tenantId: string): Promise<Record<string, string>> {
  return tenantHash(async (text, values) => (await client.query(text, values)).rows, tenantId);
}
