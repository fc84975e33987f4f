import { Inject, Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { WORKER_DATA_SOURCE } from './data-source';
import { PooledSql } from './sql';

/** The worker's own pool. Its login sees every tenant, but only the tables that dispatch needs (docs/adr/0003). */
@Injectable()
export class WorkerDb {
  readonly sql: PooledSql;

  constructor(@Inject(WORKER_DATA_SOURCE) dataSource: DataSource) {
    this.sql = new PooledSql(dataSource);
  }
}
