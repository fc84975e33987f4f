import type { DataSource } from 'typeorm';
import { Client } from 'pg';
import { entities } from '../../src/entities';
import { MESSAGE_STATUSES, STATUS } from '../../src/messages/message-status';
import { openPool } from '../../src/platform/db/data-source';
import { cloneDatabase } from '../support/test-database';

/** The thirteen that the product is described by; names are part of the contract with whoever reads the database. */
const NAMED_TABLES = [
  'communication_channel',
  'communication_session',
  'communication_message',
  'message_template',
  'contact_communication_preference',
  'bulk_message_campaign',
  'bulk_message_recipient',
  'message_automation_rule',
  'communication_webhook_log',
  'scheduled_message',
  'communication_attachment',
  'communication_analytics',
  'user_communication_permission',
];

/** Ids that are kept as evidence, of rows that need not be there: the rest are foreign keys. */
const LOOSE_IDS = [
  'analytics_due.tenant_id',
  'analytics_quarter.campaign_id',
  'analytics_quarter.template_id',
  'communication_analytics.campaign_id',
  'communication_analytics.template_id',
  'communication_message.template_id',
  'consent_event.message_id',
  'sandbox_message.message_id',
  'suppression.message_id',
  'tenant_event.message_id',
  'tenant_event.session_id',
  'tenant_spend.tenant_id',
  'webhook_delivery.contact_id',
];

/** Tables that belong to the installation and not to a tenant. */
const TENANTLESS = ['installation', 'schema_migration', 'tenant', 'worker'];

describe('the schema', () => {
  let database: Awaited<ReturnType<typeof cloneDatabase>>;
  let client: Client;
  let source: DataSource;

  beforeAll(async () => {
    database = await cloneDatabase();
    client = new Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
    const options = { poolSize: 2, statementTimeoutMs: 10_000, applicationName: 'drift' };
    source = await openPool({ ...options, url: database.url, entities }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await client.end();
    await database.drop();
  });

  const lines = async (text: string): Promise<string[]> =>
    (await client.query<{ line: string }>(text)).rows.map(({ line }) => line);

  it('has every column of every entity, of the same type, and no other', async () => {
    const { upQueries } = await source.driver.createSchemaBuilder().log();
    const changes = upQueries.map(({ query }) => query);
    // Constraints and indexes are written in the migrations only; the entities do not repeat them.
    expect(changes.filter((change) => !/DROP (CONSTRAINT|INDEX)/.test(change))).toEqual([]);
    expect(changes.length).toBeGreaterThan(0);
  });

  it('has an entity for every table, and the thirteen tables by their names', async () => {
    const tables = await lines(
      `SELECT relname AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')`,
    );
    const mapped = source.entityMetadatas.map(({ tableName }) => tableName);
    expect(tables.filter((table) => table !== 'schema_migration').toSorted()).toEqual(mapped.toSorted());
    expect(tables).toEqual(expect.arrayContaining(NAMED_TABLES));
  });

  it('has no foreign key between tenants: each one starts with tenant_id on both sides', async () => {
    const keys = await lines(
      `SELECT conrelid::regclass || ' (' || (SELECT string_agg(attname, ',' ORDER BY n) FROM unnest(conkey) WITH ORDINALITY k(c, n)
         JOIN pg_attribute ON attrelid = conrelid AND attnum = c) || ') -> ' || confrelid::regclass || ' (' ||
         (SELECT string_agg(attname, ',' ORDER BY n) FROM unnest(confkey) WITH ORDINALITY k(c, n)
         JOIN pg_attribute ON attrelid = confrelid AND attnum = c) || ')' AS line
       FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`,
    );
    expect(keys.length).toBeGreaterThan(30);
    const toTenant = / \(tenant_id\) -> tenant \(id\)$/;
    const composite = / \(tenant_id,[a-z_,]+\) -> [a-z_]+ \(tenant_id,[a-z_,]+\)$/;
    const installation = 'installation (first_tenant_id) -> tenant (id)';
    expect(keys.filter((key) => !toTenant.test(key) && !composite.test(key) && key !== installation)).toEqual([]);
  });

  it('has a foreign key for every id of a row of ours, but for those kept as evidence', async () => {
    const loose = await lines(
      `SELECT c.relname || '.' || a.attname AS line FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT a.attisdropped
         AND a.attname IN ('tenant_id', 'channel_id', 'contact_id', 'session_id', 'message_id', 'template_id', 'campaign_id')
         AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attnum = ANY(k.conkey))`,
    );
    expect(loose.toSorted()).toEqual(LOOSE_IDS);
  });

  it('has no unique value across tenants: every primary key and unique index starts with tenant_id', async () => {
    const indexes = await lines(
      `SELECT i.indrelid::regclass || ' ' || a.attname AS line FROM pg_index i
       JOIN pg_class c ON c.oid = i.indrelid AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
       JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indisunique`,
    );
    expect(indexes.length).toBeGreaterThan(30);
    const foreign = indexes.filter((line) => !line.endsWith(' tenant_id') && !TENANTLESS.includes(line.split(' ')[0]!));
    expect(foreign).toEqual([]);
  });

  it('forces row-level security with a policy on every table of tenants', async () => {
    const guarded = await lines(
      `SELECT c.relname AS line FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
         AND relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT 1 FROM pg_policy WHERE polrelid = c.oid)`,
    );
    const tables = source.entityMetadatas.map(({ tableName }) => tableName);
    expect(tables.filter((table) => !guarded.includes(table)).toSorted()).toEqual(['installation', 'worker']);
    const withTenant = await lines(
      `SELECT table_name AS line FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'tenant_id'`,
    );
    expect([...withTenant, ...TENANTLESS].toSorted()).toEqual([...tables, 'schema_migration'].toSorted());
  });

  it('has no view, and no function that runs with the rights of its owner', async () => {
    const loopholes = await lines(
      `SELECT relname AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm')
       UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef`,
    );
    expect(loopholes).toEqual([]);
  });

  it('ranks the statuses as src/messages/message-status.ts does', async () => {
    const { rows } = await client.query<{ status: string; rank: number }>(
      'SELECT status, message_status_rank(status) AS rank FROM unnest($1::text[]) AS status',
      [MESSAGE_STATUSES],
    );
    expect(rows).toEqual(MESSAGE_STATUSES.map((status) => ({ status, rank: STATUS[status].rank })));
    const [definition] = await lines(
      `SELECT pg_get_constraintdef(oid) AS line FROM pg_constraint
       WHERE conrelid = 'communication_message'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%status =%'`,
    );
    const stored = [...definition!.matchAll(/'([A-Z]+)'/g)].map(([, status]) => String(status));
    expect(stored.toSorted()).toEqual(MESSAGE_STATUSES.toSorted());
  });
});
