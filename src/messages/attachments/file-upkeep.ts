import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { Config } from '../../config';
import { TenantDb } from '../../platform/db/tenant-db';
import { WorkerDb } from '../../platform/db/worker-db';
import { log } from '../../platform/log';
import { Storage } from '../../platform/storage/storage';
import {
  dropUnusedFiles,
  emptyOldAttachments,
  exchangeContent,
  findUnstored,
  removalDone,
  takeRemovals,
  type DueRemoval,
} from './file-upkeep.queries';
import { findSources } from './file.queries';
import { Files } from './files';

const ROWS_AT_ONCE = 200;
const FILES_AT_ONCE = 20;
const MOVES_AT_ONCE = 5;

/** Brings files to the storage, and removes those whose time is over: a few at a time, by whichever worker comes first. */
@Injectable()
export class FileUpkeep {
  constructor(
    private readonly worker: WorkerDb,
    private readonly db: TenantDb,
    private readonly files: Files,
    private readonly storage: Storage,
    private readonly config: Config,
  ) {}

  /** Ends what is to end. Answers how much there was. */
  async tidy(): Promise<number> {
    const { sql } = this.worker;
    const emptied = await emptyOldAttachments(sql, this.config.ATTACHMENT_RETENTION_DAYS, ROWS_AT_ONCE);
    const dropped = await dropUnusedFiles(sql, ROWS_AT_ONCE);
    const due = await takeRemovals(sql, FILES_AT_ONCE);
    await Promise.all(due.map((removal) => this.remove(removal)));
    return emptied + dropped + due.length;
  }

  /** Brings contents from the database to the storage. Answers how many. */
  async store(): Promise<number> {
    const unstored = await findUnstored(this.worker.sql, MOVES_AT_ONCE);
    for (const { tenantId, id } of unstored) await this.move(tenantId, id);
    return unstored.length;
  }

  private async move(tenantId: string, id: string): Promise<void> {
    const [source] = await this.db.run(tenantId, (tx) => findSources(tx, [id]));
    if (!source?.content) return; // somebody was faster
    const bytes = await this.files.receive(tenantId, Readable.from([source.content]));
    await this.db.run(tenantId, (tx) => exchangeContent(tx, id, bytes));
  }

  /** What cannot be removed now is tried again later. */
  private async remove(removal: DueRemoval): Promise<void> {
    try {
      await this.storage.remove(removal.key);
      await removalDone(this.worker.sql, removal);
    } catch (error) {
      log.warn({ err: error, tenantId: removal.tenantId }, 'a file could not be removed from the storage yet');
    }
  }
}
