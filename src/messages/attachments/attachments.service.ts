import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import { EgressFault } from '../../platform/egress/egress-fault';
import { GuardedClient, MEDIA } from '../../platform/egress/guarded-client';
import { isJson } from '../../platform/http/body-parsers';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { faultOfAddress, nameIn, readAddress } from './attachment-address';
import type { AttachmentResponse } from './attachment.dto';
import { safeFilename } from './attachment-name';
import { readUpload } from './attachment-upload';
import { byteRange, firstBytes, type ByteRange } from './byte-range';
import { Files } from './files';
import { findSources, insertAttachment, type StoredBytes } from './file.queries';
import { TypeCheck } from './type-check';

/** A file with what is needed to hand it out. */
export interface OpenFile {
  filename: string;
  contentType: string;
  /** Of the whole file. */
  size: number;
  /** What was asked for, where it was not everything. */
  range: ByteRange | undefined;
  content: Readable;
}

/** A file that was taken, and is nobody's yet. */
interface TakenFile {
  filename: string;
  contentType: string;
  bytes: StoredBytes;
}

interface AttachmentRow extends Omit<AttachmentResponse, 'createdAt' | 'removedAt'> {
  createdAt: Date;
  removedAt: Date | null;
}

@Injectable()
export class AttachmentsService {
  constructor(
    private readonly db: TenantDb,
    private readonly files: Files,
    private readonly outside: GuardedClient,
  ) {}

  /**
   * Keeps the file of a multipart form, or the one that a JSON body names by its address. Throws Problem 400, 413, 415 as
   * readUpload does, 422 for a type that is not taken or an address that leads to nothing.
   */
  async upload({ tenantId }: Caller, request: IncomingMessage): Promise<AttachmentResponse> {
    const taken = isJson(request) ? await this.fetched(tenantId, request) : await this.uploaded(tenantId, request);
    const attachment = { ...taken, id: uuidv7(), messageId: null };
    return this.db.run(tenantId, async (tx) => {
      await insertAttachment(tx, attachment, taken.bytes);
      return read(tx, attachment.id);
    });
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<AttachmentResponse> {
    return this.db.run(tenantId, (tx) => read(tx, id));
  }

  /** The file itself, or the part of it that a Range header asks for. Throws Problem 404, and 410 when it was removed. */
  async content({ tenantId }: Caller, id: string, rangeHeader: string | undefined): Promise<OpenFile> {
    const [source] = await this.db.run(tenantId, (tx) => findSources(tx, [id]));
    if (!source) throw Problem.notFound('attachment');
    const { filename, contentType, size, removedAt } = source;
    if (removedAt) throw Problem.gone(`The content of this attachment was removed at ${removedAt.toISOString()}.`);
    const range = byteRange(rangeHeader, size);
    const opened = await this.files.open(source, range?.from).catch((error: unknown) => {
      throw Problem.unavailable(error);
    });
    const content = range ? Readable.from(firstBytes(opened, range.to - range.from), { objectMode: false }) : opened;
    return { filename, contentType, size, range, content };
  }

  private uploaded(tenantId: string, request: IncomingMessage): Promise<TakenFile> {
    return readUpload(request, {
      keep: (given, content) => this.take(tenantId, { given, pointer: '/file' }, content),
      abandon: ({ bytes }: TakenFile) => this.files.abandon(tenantId, bytes.key),
    });
  }

  private async fetched(tenantId: string, request: IncomingMessage): Promise<TakenFile> {
    const { url, filename } = await readAddress(request);
    try {
      const { status, body } = await this.outside.fetch({ url }, MEDIA);
      if (status !== 200) {
        body.destroy();
        throw new EgressFault('unreachable', `answers with ${status}, not with a file`);
      }
      return await this.take(tenantId, { given: filename ?? nameIn(url), pointer: '/url' }, body);
    } catch (error) {
      throw faultOfAddress(error);
    }
  }

  private async take(
    tenantId: string,
    { given, pointer }: { given: string; pointer: string },
    content: Readable,
  ): Promise<TakenFile> {
    const filename = safeFilename(given);
    const check = new TypeCheck(filename, pointer);
    const bytes = await this.files.receive(tenantId, content, check);
    return { filename, contentType: check.contentType, bytes };
  }
}

async function read(tx: Tx, id: string): Promise<AttachmentResponse> {
  const [row] = await tx.query<AttachmentRow>(
    `SELECT id, filename, content_type AS "contentType", size_bytes::int AS size, encode(sha256, 'hex') AS sha256,
       created_at AS "createdAt", removed_at AS "removedAt"
     FROM communication_attachment WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id],
  );
  if (!row) throw Problem.notFound('attachment');
  return { ...row, createdAt: row.createdAt.toISOString(), removedAt: row.removedAt?.toISOString() ?? null };
}
