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
const DEADLINE_MS = 30 * 60_000;

/**
 * Contacts with an externalId, a name, an e-mail address, a phone number and an attribute, from a CSV file, as rows a second:
 * Carillon's import, to PostgreSQL's COPY of the very rows that the import made, into the same two tables with all that hangs on
 * them, and into two bare tables.
 */
async function importContacts(database) {
  const folder = mkdtempSync(join(tmpdir(), 'carillon-bench-import-'));
  try {
    const csv = join(folder, 'contacts.csv');
    await pipeline(Readable.from(csvLines()), createWriteStream(csv));
    const url = await database.create('import_run');
    await database.settle();
    const ours = await runImport(url, csv, folder);
    const files = await dump(url, folder);
    const copied = await timeCopies(database, url, files);
    report(ours, copied, csv);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* csvLines() {
  yield 'externalId,name,email,phone,attributes.city\n';
  for (let n = 0; n < ROWS; n++)
    yield `crm-${n},Person Number ${n},person-${n}@example.com,${phoneOf(n)},City ${n % 1000}\n`;
}

/** Numbers that exist: in German mobile and in several North American ranges. */
function phoneOf(n) {
  if (n % 2) return `+49151${String(10_000_000 + n)}`;
  const areas = [202, 212, 213, 305, 312, 404, 415, 512, 617, 702, 718, 808, 917, 972];
  const line = Math.floor(n / 2 / areas.length);
  const exchange = 200 + (Math.floor(line / 10_000) % 700);
  return `+1${areas[(n / 2) % areas.length]}${String(exchange)}${String(line % 10_000).padStart(4, '0')}`;
}

async function runImport(url, csv, folder) {
  const app = await startCarillon(url, { ROLE: 'all', DATA_DIR: join(folder, 'data') });
  const base = `${app.url}/api/v1/communication/contact-imports`;
  const headers = { authorization: `Bearer ${API_KEY}`, 'content-type': 'text/csv' };
  await pause(3_000);
  const before = rssOf(app.pid);
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, rssOf(app.pid))), 100);
  try {
    const begin = performance.now();
    const answer = await fetch(base, {
      method: 'POST',
      headers,
      body: Readable.toWeb(createReadStream(csv)),
      duplex: 'half',
    });
    if (answer.status !== 202)
      throw new Error(`POST /contact-imports answered ${answer.status}: ${await answer.text()}`);
    const uploadMs = performance.now() - begin;
    const uploaded = most - before;
    const { id } = await answer.json();
    const ended = await endOf(`${base}/${id}`, headers);
    const ms = Date.parse(ended.finishedAt) - Date.parse(ended.startedAt);
    if (ended.status !== 'COMPLETED' || ended.counts.created !== ROWS) throw new Error(JSON.stringify(ended));
    return { ms, uploadMs, uploaded, growth: most - before, before };
  } finally {
    clearInterval(watch);
    await app.stop();
  }
}

async function endOf(url, headers) {
  for (const deadline = Date.now() + DEADLINE_MS; Date.now() < deadline; await pause(500)) {
    const body = await (await fetch(url, { headers })).json();
    if (!['PENDING', 'RUNNING'].includes(body.status)) return body;
  }
  throw new Error('the import did not end');
}

const TABLES = {
  contact: ['id', 'external_id', 'name', 'language', 'timezone', 'attributes'],
  contact_identity: ['channel_type', 'address', 'contact_id'],
};

/** What the import made, as files on the server's machine that COPY reads back. */
async function dump(url, folder) {
  const [{ tenantId }] = await query(url, 'SELECT first_tenant_id AS "tenantId" FROM installation');
  const files = {};
  for (const [name, columns] of Object.entries(TABLES)) {
    files[name] = join(folder, `${name}.copy`);
    await pipeline(Readable.from(copyLines(url, name, columns)), createWriteStream(files[name]));
  }
  return { files, tenantId };
}

/** Seconds of COPY into the real tables, and into the same columns without index, key or trigger. */
async function timeCopies(database, url, { files, tenantId }) {
  const target = await database.create('import_copy');
  const app = await startCarillon(target, { ROLE: 'api' });
  await app.stop();
  await query(target, `INSERT INTO tenant (id, name) VALUES ('${tenantId}', 'Bench')`);
  await query(
    target,
    `CREATE TABLE bare_contact AS SELECT * FROM contact WITH NO DATA;
    CREATE TABLE bare_contact_identity AS SELECT * FROM contact_identity WITH NO DATA;`,
  );
  const timed = async (prefix) => {
    await database.settle();
    const begin = performance.now();
    for (const [name, columns] of Object.entries(TABLES))
      await copy(target, `COPY ${prefix}${name} (tenant_id, ${columns.join()}) FROM STDIN`, files[name]);
    return performance.now() - begin;
  };
  const real = await timed('');
  const bare = await timed('bare_');
  const [{ n }] = await query(target, 'SELECT count(*)::int AS n FROM contact_identity');
  if (n !== 2 * ROWS) throw new Error(`COPY stored ${n} addresses`);
  return { real, bare };
}

function report({ ms, uploadMs, uploaded, growth, before }, { real, bare }, csv) {
  const rate = (time) => whole(ROWS / (time / 1000));
  console.log(
    table([
      [`${whole(ROWS)} contacts, ${whole(2 * ROWS)} addresses`, 'seconds', 'rows/s', 'import / this'],
      ['Carillon: CSV import', (ms / 1000).toFixed(1), rate(ms), ''],
      ['COPY into the same tables', (real / 1000).toFixed(1), rate(real), (real / ms).toFixed(2)],
      ['COPY into bare tables', (bare / 1000).toFixed(1), rate(bare), (bare / ms).toFixed(2)],
    ]),
  );
  const size = Math.round(statSync(csv).size / 2 ** 20);
  console.log(
    `upload of ${size} MiB: ${(uploadMs / 1000).toFixed(1)} s; memory of the process: ${whole(before)} MiB before, ` +
      `at most ${whole(uploaded)} MiB more during the upload and ${whole(growth)} MiB more in all`,
  );
}

/** `import` is a word of the language. */
export { importContacts as import };
