import type { DataSource } from 'typeorm';

/**
 * Refuses to start on a login that row-level security would not hold, or on a table it does not guard.
 * Throws an Error that names every fault.
 */
export async function checkIsolation(dataSource: DataSource): Promise<void> {
  const faults = [...(await loginFaults(dataSource)), ...(await tableFaults(dataSource))];
  if (faults.length) throw new Error(`The database does not keep tenants apart:\n  ${faults.join('\n  ')}`);
}

async function loginFaults(dataSource: DataSource): Promise<string[]> {
  const [login] = await dataSource.query<{ name: string; super: boolean; bypass: boolean; owned: number }[]>(
    `SELECT r.rolname AS name, r.rolsuper AS super, r.rolbypassrls AS bypass,
       (SELECT count(*)::int FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v') AND pg_has_role(session_user, c.relowner, 'MEMBER')) AS owned
     FROM pg_roles r WHERE r.rolname = session_user`,
  );
  if (!login) return ['the login is unknown to pg_roles'];
  return [
    ...(login.super ? [`login ${login.name} is a superuser`] : []),
    ...(login.bypass ? [`login ${login.name} has BYPASSRLS`] : []),
    ...(login.owned ? [`login ${login.name} owns ${login.owned} tables, or is a member of their owner`] : []),
  ];
}

async function tableFaults(dataSource: DataSource): Promise<string[]> {
  const open = await dataSource.query<{ name: string }[]>(
    `SELECT c.relname AS name FROM pg_class c
     JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
     WHERE c.relkind IN ('r', 'p')
       AND (c.relname = 'tenant' OR EXISTS (SELECT 1 FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped))
       AND NOT (c.relrowsecurity AND c.relforcerowsecurity
       AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))
     ORDER BY 1`,
  );
  return open.map(({ name }) => `table ${name} has no forced row-level security or no policy`);
}
