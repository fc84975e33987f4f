import type { Client } from 'pg';

/** One line for everything in schema public: what a migration made and what its way back must remove. */
const PICTURE = `
SELECT 'table ' || c.relname || ' rls=' || c.relrowsecurity || '/' || c.relforcerowsecurity
  || ' ' || coalesce(c.reloptions::text, '') AS line
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
UNION ALL
SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' notnull=' || a.attnotnull
  || ' default=' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' identity=' || a.attidentity::text
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v') AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'index ' || pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT 'policy ' || polrelid::regclass || ' ' || polname || ' ' || polcmd::text || ' ' || polroles::regrole[]::text
  || ' using ' || coalesce(pg_get_expr(polqual, polrelid), '') || ' check ' || coalesce(pg_get_expr(polwithcheck, polrelid), '')
FROM pg_policy
UNION ALL
SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
UNION ALL
SELECT 'grant ' || c.relname || ' to ' || grantee::regrole || ' ' || privilege_type
FROM pg_class c, aclexplode(relacl) WHERE c.relnamespace = 'public'::regnamespace AND grantee <> relowner
UNION ALL
SELECT 'grant ' || c.relname || '.' || attname || ' to ' || grantee::regrole || ' ' || privilege_type
FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid, aclexplode(attacl)
WHERE c.relnamespace = 'public'::regnamespace AND grantee <> relowner
UNION ALL
SELECT 'schema ' || grantee::regrole || ' ' || privilege_type FROM pg_namespace, aclexplode(nspacl)
WHERE nspname = 'public' AND grantee <> 0
UNION ALL
SELECT 'type ' || t.typname FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd')
ORDER BY 1`;

/** The schema as sorted lines, without the table in which TypeORM counts migrations. */
export async function schemaPicture(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(PICTURE);
  return rows.map(({ line }) => line).filter((line) => !line.includes('schema_migration'));
}
