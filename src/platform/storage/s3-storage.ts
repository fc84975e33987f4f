import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { codeOf } from './fault-code';
import type { S3Place } from './s3-place';
import { FileMissing, Storage } from './storage';
import { checkedKey } from './storage-key';

export interface S3Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

/** The least that S3 takes as one part of many; one part is in memory at a time. */
const PART_BYTES = 5 * 1024 * 1024;
const CONNECT_MS = 5_000;
/** Longest silence of the server. */
const SILENCE_MS = 20_000;
const MISSING = new Set(['NoSuchKey', 'NotFound']);
const REFUSED = new Set(['AccessDenied', 'Forbidden', 'InvalidAccessKeyId', 'SignatureDoesNotMatch']);

/** Files in a bucket of S3, or of a server that speaks as S3 does. */
export class S3Storage extends Storage {
  private readonly client: S3Client;

  constructor(
    private readonly place: S3Place,
    keys: S3Keys,
  ) {
    super();
    this.client = new S3Client({
      region: place.region,
      credentials: keys,
      forcePathStyle: place.pathStyle,
      ...(place.endpoint && { endpoint: place.endpoint }),
      // Checksums behind the body, as the SDK sends them by itself, are known to AWS and to few others.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
      // Without these the SDK looks for them in the environment and in files of the home directory.
      maxAttempts: 3,
      retryMode: 'standard',
      useFipsEndpoint: false,
      useDualstackEndpoint: false,
    });
  }

  async put(key: string, content: Readable): Promise<number> {
    const body = new PassThrough();
    let size = 0;
    body.on('data', (chunk: Buffer) => (size += chunk.length)).pause();
    const flow = pipeline(content, body);
    flow.catch(() => undefined); // told below
    const upload = new Upload({
      client: this.client,
      params: { Bucket: this.place.bucket, Key: this.keyOf(key), Body: body },
      partSize: PART_BYTES,
      queueSize: 1,
    });
    try {
      await upload.done();
    } catch (error) {
      body.destroy();
      content.destroy();
      throw content.errored ?? error;
    }
    await flow;
    return size;
  }

  async read(key: string, from = 0): Promise<Readable> {
    try {
      const { Body: body } = await this.client.send(
        new GetObjectCommand({
          Bucket: this.place.bucket,
          Key: this.keyOf(key),
          ...(from > 0 && { Range: `bytes=${from}-` }),
        }),
      );
      return body instanceof Readable ? body : Readable.from([]);
    } catch (error) {
      const name = codeOf(error);
      if (name === 'InvalidRange') return Readable.from([]); // there are not so many bytes
      if (MISSING.has(name)) throw new FileMissing('There is no such file', { cause: error });
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: this.place.bucket, Key: this.keyOf(key) }));
  }

  /** Writes something and takes it away again: that is what has to be allowed. */
  override async check(): Promise<void> {
    const probe = { Bucket: this.place.bucket, Key: this.keyOf('carillon/start') };
    try {
      await this.client.send(new PutObjectCommand({ ...probe, Body: 'Carillon can write here.' }));
      await this.client.send(new DeleteObjectCommand(probe));
    } catch (error) {
      throw new Error(this.faultOf(codeOf(error)), { cause: error });
    }
  }

  override async close(): Promise<void> {
    this.client.destroy();
  }

  private faultOf(name: string): string {
    if (name === 'NoSuchBucket') return `STORAGE_URL: there is no bucket ${this.place.bucket}.`;
    if (REFUSED.has(name)) return `S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY: the storage refuses them (${name}).`;
    return `STORAGE_URL: the storage cannot be written (${name}).`;
  }

  private keyOf(key: string): string {
    return this.place.prefix + checkedKey(key);
  }
}
