import { buffer } from 'node:stream/consumers';
import { Injectable } from '@nestjs/common';
import { log } from '../../platform/log';
import { TenantDb } from '../../platform/db/tenant-db';
import { FileMissing } from '../../platform/storage/storage';
import type { Attachment } from '../../providers/provider';
import { findSources } from '../attachments/file.queries';
import { Files } from '../attachments/files';

/** Why a message cannot go out now: its files are gone, or the storage does not hand them out. */
export class FilesNotThere extends Error {
  constructor(readonly verdict: 'FILES_GONE' | 'FILES_AWAY') {
    super(verdict);
  }
}

/** The files of messages that go out. */
@Injectable()
export class OutboundFiles {
  constructor(
    private readonly db: TenantDb,
    private readonly files: Files,
  ) {}

  /** The files of a message, in the order in which it names them. Throws FilesNotThere. */
  async load(tenantId: string, ids: readonly string[]): Promise<Attachment[]> {
    const sources = await this.db.run(tenantId, (tx) => findSources(tx, ids));
    if (sources.length < ids.length) throw new FilesNotThere('FILES_GONE');
    const loaded: Attachment[] = [];
    try {
      for (const source of sources) {
        const content = await buffer(await this.files.open(source));
        loaded.push({ filename: source.filename, contentType: source.contentType, content });
      }
    } catch (error) {
      if (error instanceof FileMissing) throw new FilesNotThere('FILES_GONE');
      log.warn({ err: error, tenantId }, 'the storage does not hand out a file');
      throw new FilesNotThere('FILES_AWAY');
    }
    return loaded;
  }
}
