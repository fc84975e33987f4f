import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** Runs SQL text with `$1, $2, …` and answers its rows. */
export interface Sql {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

interface PgClient {
  query(config: { name: string; text: string; values: unknown[] }): Promise<{ rows: unknown[] }>;
}

const names = new Map<string, string>();

/** Named statements: the server parses and plans a text once a connection. SQL texts are constants, so the map stays small. */
export function preparedQuery(client: PgClient): Sql['query'] {
  return async <Row>(text: string, values: readonly unknown[] = []) => {
    let name = names.get(text);
    if (!name) names.set(text, (name = createHash('sha256').update(text).digest('base64url').slice(0, 32)));
    return (await client.query({ name, text, values: [...values] })).rows as Row[];
  };
}

/** SQL outside any tenant's context: for the worker's pool, whose role has its own policies. */
export class PooledSql implements Sql {
  constructor(private readonly dataSource: DataSource) {}

  /** One statement, one commit. */
  async query<Row = Record<string, unknown>>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      return await preparedQuery(await runner.connect())<Row>(text, values);
    } finally {
      await runner.release();
    }
  }

  /** Several statements, one commit. */
  async transaction<T>(fn: (sql: Sql) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const client = await runner.connect();
    try {
      await runner.startTransaction();
      const result = await fn({ query: preparedQuery(client) });
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}
