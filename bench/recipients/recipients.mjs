import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { copy, copyLines } from '../lab/copy.mjs';
import { query } from '../lab/database.mjs';
import { table, whole } from '../lab/figures.mjs';
import { API_KEY, rssOf, startCarillon } from '../lab/processes.mjs';

const ROWS = Number(process.env.ROWS ?? 1_000_000);
const COLUMNS = ['campaign_id', 'recipient_key', 'contact_id', 'variables', 'status'];

/**
 * Recipients of a bulk send with two variables from a CSV file, as rows a second: Carillon's upload, to PostgreSQL's COPY of the
 * very rows that it stored, into the same table with all that hangs on it, and into a bare table.
 */
export async function recipients(database) {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-bench-recipients-'));
  try {
    const csv = join(folder, 'recipients.csv');
    await pipeline(Readable.from(csvLines()), createWriteStream(csv));
    const url = await database.create('recipients_run');
    await database.settle();
    const ours = await upload(url, csv, folder);
    const file = join(folder, 'recipients.copy');
    await pipeline(Readable.from(copyLines(url, 'bulk_message_recipient', COLUMNS)), createWriteStream(file));
    report(ours, await timeCopies(database, url, file), csv);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* csvLines() {
  yield 'to,name,city\n';
  for (let n = 0; n < ROWS; n++) yield `person-${(n * 7919) % ROWS}@example.com,Person Number ${n},City ${n % 1000}\n`;
}

async function upload(url, csv, folder) {
  const app = await startCarillon(url, { ROLE: 'all', DATA_DIR: join(folder, 'data') });
  const base = `${app.url}/api/v1/communication/bulk-send`;
  const headers = { authorization: `Bearer ${API_KEY}` };
  await pause(3_000);
  try {
    const { id } = await answer(base, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Bench', channelType: 'EMAIL', content: { subject: 'Hi', text: 'Hello' } }),
    });
    const send = () =>
      answer(`${base}/${id}/recipients`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'text/csv' },
        body: Readable.toWeb(createReadStream(csv)),
        duplex: 'half',
      });
    const first = await watched(app.pid, send);
    const again = await watched(app.pid, send);
    if (first.body.taken !== ROWS || again.body.duplicates !== ROWS)
      throw new Error(JSON.stringify([first.body, again.body]));
    return { first, again };
  } finally {
    await app.stop();
  }
}

async function answer(url, request) {
  const response = await fetch(url, request);
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}

async function watched(pid, work) {
  const before = rssOf(pid);
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, rssOf(pid))), 100);
  const begin = performance.now();
  try {
    const body = await work();
    return { body, ms: performance.now() - begin, before, growth: most - before };
  } finally {
    clearInterval(watch);
  }
}

/** Milliseconds of COPY into the real table, and into the same columns without index or key. */
async function timeCopies(database, url, file) {
  const target = await database.create('recipients_copy', 'recipients_run');
  await query(
    target,
    `TRUNCATE bulk_message_recipient;
    CREATE TABLE bare AS SELECT * FROM bulk_message_recipient WITH NO DATA`,
  );
  const timed = async (name) => {
    await database.settle();
    const begin = performance.now();
    await copy(target, `COPY ${name} (tenant_id, ${COLUMNS.join()}) FROM STDIN`, file);
    return performance.now() - begin;
  };
  const real = await timed('bulk_message_recipient');
  const bare = await timed('bare');
  const [{ n }] = await query(target, 'SELECT count(*)::int AS n FROM bulk_message_recipient');
  if (n !== ROWS) throw new Error(`COPY stored ${n} rows`);
  return { real, bare };
}

function report({ first, again }, { real, bare }, csv) {
  const line = (name, ms) => [name, (ms / 1000).toFixed(1), whole(ROWS / (ms / 1000)), (ms / first.ms).toFixed(2)];
  console.log(
    table([
      [`${whole(ROWS)} recipients`, 'seconds', 'rows/s', 'upload / this'],
      line('Carillon: CSV upload', first.ms),
      line('the same file again', again.ms),
      line('COPY into the same table', real),
      line('COPY into a bare table', bare),
    ]),
  );
  const size = Math.round(statSync(csv).size / 2 ** 20);
  console.log(
    `${size} MiB; memory of the process: ${whole(first.before)} MiB before, at most ${whole(first.growth)} MiB more, ` +
      `and ${whole(again.growth)} MiB more than that the second time`,
  );
}
