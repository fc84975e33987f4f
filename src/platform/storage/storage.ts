import type { Readable } from 'node:stream';

/**
 * Where the bytes of files lie: a folder, or a bucket of an S3-compatible server (STORAGE_URL). Keys are made by us, never by
 * a caller: lower-case letters, digits, dashes and slashes, with the tenant's id in front.
 */
export abstract class Storage {
  /**
   * Keeps everything that the stream gives, under the key; complete or not at all. Answers the size in bytes. Rejects with
   * what the stream rejects with, and leaves nothing behind then.
   */
  abstract put(key: string, content: Readable): Promise<number>;
  /** The bytes from `from` on (0: all). Rejects with FileMissing when there is no such key. */
  abstract read(key: string, from?: number): Promise<Readable>;
  /** Removes it; nothing happens when there is no such key. */
  abstract remove(key: string): Promise<void>;

  /** Rejects with an Error that says what an operator has to correct, when files cannot be kept here. */
  async check(): Promise<void> {}

  /** Lets go of connections. */
  async close(): Promise<void> {}
}

/** There is nothing under this key. */
export class FileMissing extends Error {
  override readonly name = 'FileMissing';
}
