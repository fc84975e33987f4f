import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** Runs SQL text with `$1, $2, …` and answers its rows. */
export interface Sql {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

interface PgClient {
  query(config: string | { name?: string; text: string; values: unknown[] }): Promise<{ rows: unknown[] }>;
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

/** For texts that are no constants: planned for their values, and forgotten. */
export function unpreparedQuery(client: PgClient): Sql['query'] {
  return async <Row>(text: string, values: readonly unknown[] = []) =>
    (await client.query({ text, values: [...values] })).rows as Row[];
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

  /**
   * Statements that do not need each other's answers: one commit and one round trip. Each sees what was committed before it
   * began, so a lock that the first waits for is behind the second. Answers the rows of the last one.
   */
  async together<Row = Record<string, unknown>>(
    ...statements: readonly { text: string; values: readonly unknown[] }[]
  ): Promise<Row[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const client = (await runner.connect()) as PgClient;
      const query = preparedQuery(client);
      const begun = client.query('BEGIN');
      const answers = statements.map(({ text, values }) => query<Row>(text, values));
      // The COMMIT of a transaction in which a statement failed rolls it back.
      const results = await Promise.allSettled([begun, ...answers, client.query('COMMIT')]);
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
      return (await answers.at(-1)) ?? [];
    } finally {
      await runner.release();
    }
  }

  /** Several statements, one commit. */
  transaction<T>(fn: (sql: Sql) => Promise<T>): Promise<T> {
    return transact(this.dataSource, fn);
  }
}

/** Runs a text of a library's, which may hold several statements, as it is: none of it is prepared. */
export async function runText(
  dataSource: DataSource,
  text: string,
  values?: unknown[],
): Promise<{ rows: Record<string, unknown>[] }> {
  const runner = dataSource.createQueryRunner();
  try {
    const client = (await runner.connect()) as {
      query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
    };
    return await client.query(text, values);
  } finally {
    await runner.release();
  }
}

/**
 * Runs `fn` in one transaction on a connection of its own. BEGIN is not waited for: it travels with the first statement of
 * `fn`. Rolls back and rethrows whatever `fn` throws.
 */
export async function transact<T>(dataSource: DataSource, fn: (sql: Sql) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const client = (await runner.connect()) as PgClient;
  try {
    const begun = client.query('BEGIN');
    begun.catch(() => undefined); // told below, unless `fn` fails first
    const result = await fn({ query: preparedQuery(client) });
    await begun;
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}
