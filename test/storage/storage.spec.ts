import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { readConfig } from '../../src/config';
import { storageOf } from '../../src/platform/storage/open-storage';
import { FileMissing, type Storage } from '../../src/platform/storage/storage';
import { S3_KEYS, startS3, type S3Server } from './s3-server';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const MB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'carillon-disk-'));
let s3: S3Server;

const s3Url = (options = '') => `s3://carillon/kept/here?endpoint=${s3.endpoint}&pathStyle=true${options}`;

function open(STORAGE_URL: string, keys = S3_KEYS): Storage {
  const env = { S3_ACCESS_KEY_ID: keys.accessKeyId, S3_SECRET_ACCESS_KEY: keys.secretAccessKey };
  return storageOf(readConfig({ STORAGE_URL, ...env }));
}

/** Names of everything below a folder that is a file; this S3 server keeps the parts of an upload also when they are called off. */
function filesIn(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((name) => !name.includes('_S3rver_uploads'));
}

beforeAll(async () => {
  s3 = await startS3();
});
afterAll(async () => {
  await s3.close();
  rmSync(folder, { recursive: true, force: true });
});

const KINDS: [string, { open: () => Storage; root: () => string }][] = [
  ['a folder', { open: () => open(pathToFileURL(join(folder, 'files')).href), root: () => join(folder, 'files') }],
  ['a bucket', { open: () => open(s3Url()), root: () => s3.folder }],
];

describe.each(KINDS)('a storage in %s', (_, { open: openIt, root }) => {
  let storage: Storage;
  const keyOf = () => `${randomUUID()}/files/${randomUUID()}`;

  beforeAll(async () => {
    storage = openIt();
    await storage.check();
  });
  afterAll(() => storage.close());

  it('gives back what was put, tells its size, and forgets it when it is removed', async () => {
    const key = keyOf();
    expect(await storage.put(key, Readable.from([Buffer.from('Grüße, '), Buffer.from('Ada')]))).toBe(12);
    expect(String(await buffer(await storage.read(key)))).toBe('Grüße, Ada');
    await storage.remove(key);
    await storage.remove(key);
    await expect(storage.read(key)).rejects.toThrow(FileMissing);
  });

  it('gives back what comes from a place on, also from its end on', async () => {
    const key = keyOf();
    await storage.put(key, Readable.from([Buffer.from('0123456789')]));
    expect(String(await buffer(await storage.read(key, 4)))).toBe('456789');
    expect(String(await buffer(await storage.read(key, 10)))).toBe('');
  });

  it('keeps an empty file, and a later one in place of an earlier', async () => {
    const key = keyOf();
    expect(await storage.put(key, Readable.from([]))).toBe(0);
    expect(await buffer(await storage.read(key))).toHaveLength(0);
    await storage.put(key, Readable.from([Buffer.from('later')]));
    expect(String(await buffer(await storage.read(key)))).toBe('later');
  });

  it('says that nothing was ever there', async () => {
    await expect(storage.read(keyOf())).rejects.toThrow(FileMissing);
  });

  it.each([
    ['early', 10],
    ['late', 12 * MB],
  ])('leaves nothing of a stream that breaks %s, and rejects with its error', async (_when, bytes) => {
    const key = keyOf();
    const before = filesIn(root());
    const broken = Readable.from(breakingAfter(bytes));
    await expect(storage.put(key, broken)).rejects.toThrow('the line went dead');
    await expect(storage.read(key)).rejects.toThrow(FileMissing);
    expect(filesIn(root())).toEqual(before);
  });

  it('leaves nothing of a stream that was broken before, and of one that nobody ends', async () => {
    const broken = new Readable({ read: () => undefined });
    broken.on('error', () => undefined).destroy(new Error('the line went dead'));
    await expect(storage.put(keyOf(), broken)).rejects.toThrow('the line went dead');

    const stopped = new Readable({ read: () => undefined });
    stopped.push('half');
    const put = storage.put(keyOf(), stopped);
    setImmediate(() => stopped.destroy());
    await expect(put).rejects.toThrow(/premature|close/i);
  });

  it('carries 50 MB without holding them', async () => {
    const key = keyOf();
    const hash = createHash('sha256');
    let peak = 0;
    const chunk = Buffer.alloc(MB, 'x');
    const start = process.memoryUsage().arrayBuffers;
    const watch = () => {
      collectGarbage();
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - start);
    };
    const source = Readable.from(
      (async function* () {
        for (let sent = 0; sent < 50 * MB; sent += chunk.length) {
          hash.update(chunk);
          if (sent % (10 * MB) === 0) watch(); // each look costs a whole collection
          yield chunk;
        }
      })(),
    );
    expect(await storage.put(key, source)).toBe(50 * MB);
    const back = createHash('sha256');
    let pieces = 0;
    for await (const piece of await storage.read(key)) {
      back.update(piece as Buffer);
      if (++pieces % 200 === 0) watch();
    }
    expect(back.digest('hex')).toBe(hash.digest('hex'));
    expect(peak).toBeLessThan(25 * MB);
    await storage.remove(key);
  });

  it.each([
    '../x',
    'a/../../x',
    '/etc/passwd',
    'a',
    'a//b',
    'a/B',
    'a/b\0',
    'a\\b/c',
    '.unfinished/x',
    'a/b/',
    'a/.b',
    '',
  ])('takes %j for no key', async (key) => {
    await expect(storage.put(key, Readable.from(['x']))).rejects.toThrow('not a key');
    await expect(storage.read(key)).rejects.toThrow('not a key');
    await expect(storage.remove(key)).rejects.toThrow('not a key');
  });
});

async function* breakingAfter(bytes: number) {
  const chunk = Buffer.alloc(Math.min(bytes, 256 * 1024), 'x');
  for (let sent = 0; sent < bytes; sent += chunk.length) yield chunk;
  throw new Error('the line went dead');
}

describe('a storage on disk', () => {
  it('can be read by nobody else', async () => {
    const path = join(folder, 'private');
    const storage = open(pathToFileURL(path).href);
    await storage.check();
    await storage.put('tenant/files/one', Readable.from(['x']));
    for (const below of ['', 'tenant', 'tenant/files']) expect(statSync(join(path, below)).mode & 0o777).toBe(0o700);
    expect(statSync(join(path, 'tenant/files/one')).mode & 0o777).toBe(0o600);
  });

  it('is DATA_DIR/files where nothing else is said', async () => {
    const storage = storageOf(readConfig({ DATA_DIR: join(folder, 'data') }));
    await storage.check();
    await storage.put('tenant/files/one', Readable.from(['x']));
    expect(existsSync(join(folder, 'data/files/tenant/files/one'))).toBe(true);
  });

  it('drops what a process that died left unfinished, after a day', async () => {
    const path = join(folder, 'crashed');
    mkdirSync(join(path, '.unfinished'), { recursive: true });
    for (const name of ['old', 'new']) writeFileSync(join(path, '.unfinished', name), 'half');
    utimesSync(join(path, '.unfinished/old'), 1, 1);
    await open(pathToFileURL(path).href).check();
    expect(readdirSync(join(path, '.unfinished'))).toEqual(['new']);
  });

  it('says at the start which variable to correct', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    chmodSync(file, 0o600);
    await expect(open(pathToFileURL(join(file, 'x')).href).check()).rejects.toThrow(/^STORAGE_URL: .*a-file\/x \(/);
    await expect(storageOf(readConfig({ DATA_DIR: file })).check()).rejects.toThrow(/^DATA_DIR: /);
  });
});

describe('a storage in a bucket', () => {
  it('calls a large upload off when its stream breaks', async () => {
    const storage = open(s3Url());
    await expect(storage.put('tenant/files/big', Readable.from(breakingAfter(12 * MB)))).rejects.toThrow('went dead');
    expect(s3.requests.at(-1)).toMatch(/^DELETE .*tenant\/files\/big\?.*uploadId=/);
    await storage.close();
  });

  it('keeps what is ours below its prefix', async () => {
    const storage = open(s3Url());
    await storage.put('tenant/files/one', Readable.from(['x']));
    expect(filesIn(join(s3.folder, 'carillon/kept/here')).join()).toContain('tenant/files/one');
    await storage.close();
  });

  it.each<[string, () => Storage, RegExp]>([
    ['the bucket', () => open(s3Url().replace('carillon', 'nowhere')), /^STORAGE_URL: there is no bucket nowhere\.$/],
    ['the keys', () => open(s3Url(), { ...S3_KEYS, secretAccessKey: 'wrong' }), /^S3_ACCESS_KEY_ID, S3_SECRET/],
    [
      'the server',
      () => open('s3://carillon?endpoint=http://127.0.0.1:9'),
      /^STORAGE_URL: the storage cannot be written \(/,
    ],
  ])('says at the start that %s is to be corrected', async (_, openIt, words) => {
    const storage = openIt();
    const fault: Error = (await storage.check().catch((error: Error) => error)) as Error;

    expect(fault.message).toMatch(words);
    expect(fault.message).not.toContain('wrong');
    await storage.close();
  });

  it.each([
    ['s3://carillon', {}, 'S3_ACCESS_KEY_ID'],
    ['s3://carillon', { S3_ACCESS_KEY_ID: 'x' }, 'S3_SECRET_ACCESS_KEY'],
    ['s3://carillon?acl=public', { S3_ACCESS_KEY_ID: 'x', S3_SECRET_ACCESS_KEY: 'x' }, 'STORAGE_URL: acl'],
    ['s3://carillon?endpoint=ftp://x', { S3_ACCESS_KEY_ID: 'x', S3_SECRET_ACCESS_KEY: 'x' }, 'STORAGE_URL: endpoint'],
    ['file://server/share', {}, 'STORAGE_URL'],
    ['http://carillon', {}, 'STORAGE_URL'],
  ])('is refused as %s', (STORAGE_URL, keys, words) => {
    expect(() => readConfig({ STORAGE_URL, ...keys })).toThrow(words);
  });
});
