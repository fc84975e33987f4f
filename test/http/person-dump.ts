import { insert, TENANT_TABLES } from '../db/one-row-each';
import type { TestApp } from '../support/app';
import { newPerson, OF_A_PERSON, rowsOfPerson, type SeededPerson } from './person-rows';

/** Makes a person of the tenant, with something in every table that can hold something of a person. */
export async function seedPerson(app: TestApp, tenantId: string): Promise<SeededPerson> {
  const person = newPerson(tenantId);
  const query = (text: string, values: unknown[]) => app.sql(text, values);
  for (const [table, row] of rowsOfPerson(person)) await insert({ query } as never, table, row);
  return person;
}

/** All that is stored of the tenant, as text, by table. */
export async function dumpTenant(app: TestApp, tenantId: string): Promise<Map<string, string>> {
  const tables = new Map<string, string>();
  for (const table of TENANT_TABLES) {
    const column = table === 'tenant' ? 'id' : 'tenant_id';
    const text = `SELECT to_jsonb(t)::text AS line FROM ${table} t WHERE ${column} = $1`;
    const rows = await app.sql<{ line: string }>(text, [tenantId]);
    tables.set(table, rows.map(({ line }) => line).join('\n'));
  }
  return tables;
}

/** Tables in which one of these words stands, in hexadecimal as well, because bytea is shown so. */
export async function tablesWith(app: TestApp, tenantId: string, ...words: string[]): Promise<string[]> {
  const wanted = words.flatMap((word) => [word, Buffer.from(word).toString('hex')]);
  const tables = [...(await dumpTenant(app, tenantId))];
  return tables.filter(([, text]) => wanted.some((word) => text.includes(word))).map(([table]) => table);
}

/** The same but for the tables in which something may be left after an erasure. */
export async function tablesThatKept(app: TestApp, tenantId: string, ...words: string[]): Promise<string[]> {
  return (await tablesWith(app, tenantId, ...words)).filter((table) => !OF_A_PERSON[table]?.left);
}
