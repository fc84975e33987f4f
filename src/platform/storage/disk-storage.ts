import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf } from './fault-code';
import { FileMissing, Storage } from './storage';
import { checkedKey } from './storage-key';

/** Where files lie until they are whole: no key leads here, since none begins with a dot. */
const UNFINISHED = '.unfinished';
/** What a process left here when it died is removed by a start a day later. */
const LEFT_BEHIND_MS = 86_400_000;

/** Files in a folder of this machine, or of one that is mounted: whoever else is to read them needs the same folder. */
export class DiskStorage extends Storage {
  /** @param variable the one that names the folder, for the words of a fault. */
  constructor(
    private readonly folder: string,
    private readonly variable: 'DATA_DIR' | 'STORAGE_URL',
  ) {
    super();
  }

  async put(key: string, content: Readable): Promise<number> {
    content.once('error', () => undefined); // told by the pipeline; before it stands, nobody else would hear of it
    const path = this.pathOf(key);
    const unfinished = join(this.folder, UNFINISHED, randomUUID());
    try {
      await makeFolder(dirname(path));
      await makeFolder(dirname(unfinished));
      const file = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true });
      await pipeline(content, file);
      await rename(unfinished, path);
      await flushFolder(dirname(path));
      return file.bytesWritten;
    } catch (error) {
      content.destroy();
      await rm(unfinished, { force: true });
      throw error;
    }
  }

  async read(key: string, from = 0): Promise<Readable> {
    const path = this.pathOf(key);
    try {
      const file = await open(path, 'r');
      return file.createReadStream({ start: from });
    } catch (error) {
      if (codeOf(error) === 'ENOENT') throw new FileMissing('There is no such file', { cause: error });
      throw error;
    }
  }

  async remove(key: string): Promise<void> {
    await rm(this.pathOf(key), { force: true });
  }

  override async check(): Promise<void> {
    const unfinished = join(this.folder, UNFINISHED);
    try {
      await mkdir(dirname(this.folder), { recursive: true });
      await makeFolder(this.folder);
      await makeFolder(unfinished);
      const probe = join(unfinished, randomUUID());
      await writeFile(probe, '', { flag: 'wx', mode: 0o600 });
      await rm(probe);
      await removeOld(unfinished);
    } catch (error) {
      throw new Error(`${this.variable}: files cannot be kept in ${this.folder} (${codeOf(error)}).`, { cause: error });
    }
  }

  private pathOf(key: string): string {
    return join(this.folder, ...checkedKey(key).split('/'));
  }
}

function makeFolder(path: string): Promise<string | undefined> {
  return mkdir(path, { recursive: true, mode: 0o700 });
}

/** A rename is on the disk when its folder is. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function removeOld(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (mtimeMs < Date.now() - LEFT_BEHIND_MS) await rm(path, { force: true });
  }
}
