import { AsyncLocalStorage } from 'node:async_hooks';
import { Inject, Injectable } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { APP_DATA_SOURCE } from './data-source';
import { preparedQuery, transact, unpreparedQuery, type Sql } from './sql';

/** One open transaction in the context of one tenant. */
export interface Tx extends Sql {
  readonly tenantId: string;
  /** For plain reads and writes of entities; everything else is SQL text through `query`. */
  readonly manager: EntityManager;
  /** For a text that is made for one request: neither we nor the server remember it. */
  once: Sql['query'];
  /**
   * Has `step` run after everything else, right before the commit: for locks that others wait for, which must not be held
   * while the rest of the work goes on. Steps run in the order of their `rank`, so that all transactions lock in one sequence.
   */
  atEnd(rank: number, step: () => Promise<void>): void;
}

/** What may be set for a transaction that has no tenant yet: the row shows itself to whoever presents its secret. */
export type Credential = 'app.credential' | 'app.webhook_key' | 'app.account';

/** The only way to the tables of tenants: every transaction carries its tenant, and row-level security holds it to that. */
@Injectable()
export class TenantDb {
  private readonly open = new AsyncLocalStorage<Tx>();
  private readonly held = new AsyncLocalStorage<string>();

  constructor(@Inject(APP_DATA_SOURCE) private readonly dataSource: DataSource) {}

  /**
   * Runs `fn` in one transaction of the tenant; a call inside another `run` of the same tenant joins it.
   * Rolls back and rethrows whatever `fn` throws. Throws an Error when joined from another tenant's transaction.
   */
  run<T>(tenantId: string, fn: (tx: Tx) => Promise<T>): Promise<T> {
    const outer = this.open.getStore();
    if (!outer) return this.begin('app.tenant', tenantId, (tx) => this.open.run(tx, () => this.hold(tx, fn)));
    if (outer.tenantId !== tenantId) throw new Error('A transaction belongs to one tenant');
    return fn(outer);
  }

  /**
   * Holds every transaction that `fn` begins to rows of these channel types. Only row-level security reads it: to the
   * statements rows of other types are as those of other tenants.
   */
  withChannelTypes<T>(channelTypes: readonly string[], fn: () => T): T {
    return this.held.run(`{${channelTypes.join(',')}}`, fn);
  }

  /** Tells answers apart that were read under different channel types: part of the key wherever one is remembered. */
  get heldTo(): string {
    return this.held.getStore() ?? '';
  }

  /** Reads one row before a tenant is known, by a secret that only its owner has. */
  present<T>(credential: Credential, secret: string, fn: (sql: Sql) => Promise<T>): Promise<T> {
    return this.begin(credential, secret, fn);
  }

  /**
   * One commit for rows of several tenants: `steps` run one after the other, each in its own tenant's context.
   * Either all are stored or none (docs/adr/0002).
   */
  async runTogether(steps: readonly { tenantId: string; run: (sql: Sql) => Promise<void> }[]): Promise<void> {
    if (!steps.length) return;
    await transact(this.dataSource, async (sql) => {
      for (const { tenantId, run } of steps) await within(sql, 'app.tenant', tenantId, () => run(sql));
    });
  }

  private hold<T>(tx: Tx, fn: (tx: Tx) => Promise<T>): Promise<T> {
    const channelTypes = this.held.getStore();
    return channelTypes === undefined ? fn(tx) : within(tx, 'app.channel_types', channelTypes, () => fn(tx));
  }

  private async begin<T>(setting: string, value: string, fn: (tx: Tx) => Promise<T>): Promise<T> {
    const runner = this.dataSource.createQueryRunner();
    const client = await runner.connect();
    try {
      await runner.startTransaction();
      const query = preparedQuery(client);
      const last: { rank: number; step: () => Promise<void> }[] = [];
      const atEnd: Tx['atEnd'] = (rank, step) => void last.push({ rank, step });
      const tx = { tenantId: value, manager: runner.manager, query, once: unpreparedQuery(client), atEnd };
      const result = await within(tx, setting, value, () => fn(tx));
      for (const { step } of last.sort((a, b) => a.rank - b.rank)) await step();
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

/**
 * Runs `fn` in a context that is local to the transaction: a pooled connection must never carry one tenant's context to the
 * next borrower. The setting is not waited for: it travels ahead of the first statement of `fn`.
 */
async function within<T>(sql: Sql, setting: string, value: string, fn: () => Promise<T>): Promise<T> {
  const set = sql.query('SELECT set_config($1, $2, true)', [setting, value]);
  set.catch(() => undefined); // told below, unless `fn` fails first
  const result = await fn();
  await set;
  return result;
}
