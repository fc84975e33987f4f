import { createHash } from 'node:crypto';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import { EgressFault } from '../../platform/egress/egress-fault';
import { Problem } from '../../platform/http/problem';
import { FileMissing, Storage } from '../../platform/storage/storage';
import { abandonKey, announceKey, type FileSource, type StoredBytes } from './file.queries';

/** Brings bytes of tenants to the storage and back. Not to be called inside a transaction: the storage may be far away. */
@Injectable()
export class Files {
  constructor(
    private readonly db: TenantDb,
    private readonly storage: Storage,
  ) {}

  /**
   * Stores what the stream gives, through the filters. It is nobody's until adoptBytes, and is removed without.
   * Rejects with the Problem or EgressFault of the streams, and with Problem 503 when the storage fails; nothing is left then.
   */
  async receive(tenantId: string, content: Readable, ...filters: Transform[]): Promise<StoredBytes> {
    const digest = new Digest();
    const flow = pipeline([content, ...filters, digest]);
    flow.catch(() => undefined); // told by what is stored
    const id = uuidv7();
    const key = `${tenantId}/files/${id}`;
    try {
      await this.db.run(tenantId, (tx) => announceKey(tx, key));
      const size = await this.storage.put(key, digest);
      return { id, key, size, sha256: digest.value() };
    } catch (error) {
      digest.destroy();
      await this.abandon(tenantId, key);
      if (error instanceof Problem || error instanceof EgressFault) throw error;
      throw Problem.unavailable(error);
    }
  }

  /** What was received is not wanted after all. Where that cannot be written down, it is removed an hour later. */
  async abandon(tenantId: string, key: string): Promise<void> {
    await this.db.run(tenantId, (tx) => abandonKey(tx, key)).catch(() => undefined);
  }

  /** The bytes of a file from a place on. Rejects with FileMissing, also for one whose content was removed. */
  async open({ content, key }: FileSource, from = 0): Promise<Readable> {
    if (content) return Readable.from([content.subarray(from)], { objectMode: false });
    if (key === null) throw new FileMissing('The content was removed');
    return this.storage.read(key, from);
  }
}

/** Lets everything through and knows its SHA-256 in the end. */
class Digest extends Transform {
  private readonly hash = createHash('sha256');

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.hash.update(chunk);
    done(null, chunk);
  }

  value(): Buffer {
    return this.hash.digest();
  }
}
