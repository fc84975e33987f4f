import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import type { AttachmentResponse } from './attachment.dto';
import { safeFilename } from './attachment-name';
import { sniffType } from './attachment-type';
import { readUpload } from './attachment-upload';

/** A file with what is needed to hand it out. */
export interface StoredFile {
  filename: string;
  contentType: string;
  content: Buffer;
}

interface AttachmentRow extends Omit<AttachmentResponse, 'createdAt'> {
  createdAt: Date;
}

@Injectable()
export class AttachmentsService {
  constructor(private readonly db: TenantDb) {}

  /** Keeps the file of a multipart form. Throws Problem 400, 413, 415 as readUpload does, 422 for a type that is not taken. */
  async upload({ tenantId }: Caller, request: IncomingMessage): Promise<AttachmentResponse> {
    const { filename: given, content } = await readUpload(request);
    const filename = safeFilename(given);
    const type = sniffType(content, filename);
    if ('fault' in type) throw Problem.invalidField('/file', type.fault);
    const id = uuidv7();
    const hash = createHash('sha256').update(content).digest();
    return this.db.run(tenantId, async (tx) => {
      await tx.query(
        `INSERT INTO communication_attachment (tenant_id, id, filename, content_type, size_bytes, sha256, content)
         VALUES ($1, $2, $3, $4, $5, $6, $7)`,
        [tenantId, id, filename, type.contentType, content.length, hash, content],
      );
      return read(tx, id);
    });
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<AttachmentResponse> {
    return this.db.run(tenantId, (tx) => read(tx, id));
  }

  /** The file itself. Throws Problem 404. */
  async content({ tenantId }: Caller, id: string): Promise<StoredFile> {
    const [file] = await this.db.run(tenantId, (tx) =>
      tx.query<StoredFile>(
        `SELECT filename, content_type AS "contentType", content FROM communication_attachment
         WHERE tenant_id = $1 AND id = $2`,
        [tenantId, id],
      ),
    );
    if (!file) throw Problem.notFound('attachment');
    return file;
  }
}

async function read(tx: Tx, id: string): Promise<AttachmentResponse> {
  const [row] = await tx.query<AttachmentRow>(
    `SELECT id, filename, content_type AS "contentType", size_bytes::int AS size, encode(sha256, 'hex') AS sha256,
       created_at AS "createdAt"
     FROM communication_attachment WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id],
  );
  if (!row) throw Problem.notFound('attachment');
  return { ...row, createdAt: row.createdAt.toISOString() };
}
