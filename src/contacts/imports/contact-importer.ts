import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import { FileMissing, Storage } from '../../platform/storage/storage';
import { Garbage } from '../../platform/work/garbage';
import type { JobData } from '../../platform/work/job-queues';
import { Interrupted, Jobs } from '../../platform/work/jobs';
import { readRows, UnreadableFile, type Place } from './csv-rows';
import { beginImport, endImport, findImport, type Ending, type ImportRecord } from './import.queries';
import { Chunk, NotOursAnyMore, storeChunk } from './import-chunk';
import { importKey } from './import-key';
import { rowReader } from './import-row';

/** Rows a commit: few, so that addresses that others may be writing to are not locked for long. */
const CHUNK_ROWS = 500;
const MOST_ROWS = 5_000_000;
/** Some 40,000 short rows, of which V8 keeps about 30 MB. */
const COLLECTED_BYTES = 3_000_000;
/** Starts without a row stored in between, after which an import is given up. */
const MOST_IDLE_STARTS = 10;
const TRIES = 5;
const TRY_AGAIN_MS = 100;

/** Does imports: reads the file, stores it chunk by chunk, and goes on where another worker stopped. */
@Injectable()
export class ContactImporter implements OnModuleInit {
  constructor(
    private readonly db: TenantDb,
    private readonly storage: Storage,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.handle('contact-imports', (job, signal) => this.run(job, signal));
    this.jobs.handle('contact-imports.expire', (job) => this.expire(job));
  }

  /** Throws Interrupted when asked to stop, and whatever keeps it from going on now. */
  async run({ tenantId, id }: JobData, signal: AbortSignal): Promise<void> {
    const begun = await this.db.run(tenantId, (tx) => beginImport(tx, id));
    const ending = begun && (await this.goOn(tenantId, begun, signal));
    if (ending) await this.db.run(tenantId, (tx) => endImport(tx, id, ending));
    await this.storage.remove(importKey(tenantId, id));
  }

  /** Answers how it ended; undefined when somebody else ended it. */
  private async goOn(tenantId: string, begun: ImportRecord, signal: AbortSignal): Promise<Ending | undefined> {
    if (begun.idleStarts > MOST_IDLE_STARTS)
      return failure('gave_up', `It was begun ${MOST_IDLE_STARTS} times without getting on.`);
    try {
      const rows = await this.storeRows(tenantId, begun, signal);
      return rows > MOST_ROWS
        ? failure('too_many_rows', `Only the first ${MOST_ROWS.toLocaleString('en')} rows were taken.`)
        : { status: 'COMPLETED' };
    } catch (error) {
      if (error instanceof NotOursAnyMore) return this.afterLoss(tenantId, begun.id);
      if (error instanceof UnreadableFile)
        return failure('file_unreadable', `${error.detail} The rows before it are stored.`);
      if (error instanceof FileMissing) return failure('file_missing', 'The file is no longer there.');
      throw error;
    }
  }

  /** Parses and normalises the next chunk while the last one is written. Answers the rows that were read. */
  private async storeRows(tenantId: string, begun: ImportRecord, signal: AbortSignal): Promise<number> {
    const from: Place = { bytes: begun.bytesRead, rows: begun.rows };
    const content = await this.storage.read(importKey(tenantId, begun.id), from.bytes);
    const read = rowReader(begun.columns);
    const garbage = new Garbage('major', COLLECTED_BYTES);
    let chunk = new Chunk(from);
    let writing: Promise<void> = Promise.resolve();
    const write = async (): Promise<void> => {
      await writing;
      if (signal.aborted) throw new Interrupted();
      const full = chunk;
      chunk = new Chunk(full.to);
      garbage.passed(full.to.bytes - full.from.bytes);
      writing = this.store(tenantId, begun, full);
      writing.catch(() => undefined); // told at the next write
    };
    try {
      for await (const rows of readRows(content, begun.delimiter, from)) {
        for (const row of rows) chunk.add(row, row.number === 1 ? undefined : read(row.number, row.cells));
        if (chunk.size >= CHUNK_ROWS) await write();
        if (chunk.to.rows > MOST_ROWS) break;
      }
    } catch (error) {
      if (error instanceof UnreadableFile) await write().then(() => writing);
      throw error;
    } finally {
      content.destroy();
      await writing.catch(() => undefined);
    }
    await write();
    await writing;
    return chunk.to.rows;
  }

  /** Again when somebody else stored the same contact at that moment, or held a row for too long. */
  private async store(tenantId: string, begun: ImportRecord, chunk: Chunk): Promise<void> {
    for (let left = TRIES; ; left--)
      try {
        return await storeChunk(this.db, tenantId, begun, chunk);
      } catch (error) {
        if (left <= 1 || !isCollision(error)) throw error;
        await pause(TRY_AGAIN_MS);
      }
  }

  /** Cancelled and done are the end; where another worker is further, this one leaves it to that one. */
  private async afterLoss(tenantId: string, id: string): Promise<undefined> {
    const now = await this.db.run(tenantId, (tx) => findImport(tx, id));
    if (now?.status === 'RUNNING') throw new Interrupted();
    return undefined;
  }

  /** The file of an import that never came to be, or that nobody ever did. */
  private async expire({ tenantId, id }: JobData): Promise<void> {
    const ending = failure('expired', 'It was not done in time.');
    await this.db.run(tenantId, (tx) => endImport(tx, id, ending));
    await this.storage.remove(importKey(tenantId, id));
  }
}

function failure(reasonCode: string, reasonDetail: string): Ending {
  return { status: 'FAILED', reasonCode, reasonDetail };
}

/** Unique and foreign keys, deadlocks, locks held for too long, and a contact that went between two statements. */
const COLLISIONS = new Set(['23505', '23503', '40P01', '40001', '55P03']);

function isCollision(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === 'ContactGone' || COLLISIONS.has(code ?? '');
}
