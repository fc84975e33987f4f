import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../migrations';
import { migrate } from '../../src/platform/db/data-source';
import { emptyDatabase } from '../support/test-database';
import { schemaPicture } from './schema-picture';

describe('migrations', () => {
  let database: Awaited<ReturnType<typeof emptyDatabase>>;
  let client: Client;

  beforeEach(async () => {
    database = await emptyDatabase();
    client = new Client({ connectionString: database.url });
    client.on('error', () => undefined);
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  /** Runs `work` with the first `count` migrations known. */
  async function withMigrations<T>(count: number, work: (source: DataSource) => Promise<T>): Promise<T> {
    const source = new DataSource({
      type: 'postgres',
      url: database.url,
      migrations: migrations.slice(0, count),
      migrationsTableName: 'schema_migration',
    });
    await source.initialize();
    try {
      return await work(source);
    } finally {
      await source.destroy();
    }
  }

  const up = (count: number) => withMigrations(count, (source) => source.runMigrations({ transaction: 'each' }));
  const down = (count: number) => withMigrations(count, (source) => source.undoLastMigration({ transaction: 'each' }));

  it('lead from nothing to the schema, back to nothing, and to the very same schema again', async () => {
    const nothing = await schemaPicture(client);
    expect(await migrate(database.url, migrations)).toBe(migrations.length);
    const schema = await schemaPicture(client);
    expect(schema.length).toBeGreaterThan(300);

    for (let count = migrations.length; count > 0; count--) await down(count);
    expect(await schemaPicture(client)).toEqual(nothing);

    await migrate(database.url, migrations);
    expect(await schemaPicture(client)).toEqual(schema);
  });

  it('each have a way down that undoes exactly the way up', async () => {
    for (let count = 1; count <= migrations.length; count++) {
      const before = await schemaPicture(client);
      await up(count);
      const after = await schemaPicture(client);
      expect(after).not.toEqual(before);
      await down(count);
      expect([migrations[count - 1]?.name, await schemaPicture(client)]).toEqual([migrations[count - 1]?.name, before]);
      await up(count);
    }
  });

  it('wait for one another when several processes start at once, and run once', async () => {
    const ran = await Promise.all([1, 2, 3].map(() => migrate(database.url, migrations)));
    expect(ran.toSorted((a, b) => a - b)).toEqual([0, 0, migrations.length]);
  });
});
