// npm run bench [-- accept|dispatch|batches|by-hand|campaign|claim|send|import|recipients|stats|ingest|rollups] [--profile]: ratios of Carillon to other ways
// of doing the same work.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const NAMES = [
  'accept',
  'dispatch',
  'batches',
  'by-hand',
  'campaign',
  'claim',
  'send',
  'import',
  'recipients',
  'stats',
  'ingest',
  'rollups',
];

const args = process.argv.slice(2);
const profile = args.includes('--profile');
const wanted = args.filter((arg) => arg !== '--profile');
const unknown = wanted.find((name) => !NAMES.includes(name));
if (unknown !== undefined) {
  console.error(`There is no bench called ${unknown}; there are ${NAMES.join(', ')}`);
  process.exit(1);
}

installContestants();
const { startDatabase } = await import('./lab/database.mjs');
const { machineLine } = await import('./lab/figures.mjs');

for (const name of wanted.length > 0 ? wanted : NAMES) {
  const { [name]: bench } = await import(`./${name}/${name}.mjs`);
  const database = await startDatabase();
  try {
    console.log(machineLine(database.version));
    await bench(database, { profile });
    console.log();
  } finally {
    await database.stop();
  }
}

/** What we compare with is no dependency of Carillon: it has a lock of its own, and is installed when first needed. */
function installContestants() {
  if (existsSync(new URL('./node_modules/.package-lock.json', import.meta.url))) return;
  console.log('Installing what the benchmarks compare with (npm ci --prefix bench) ...');
  const { status } = spawnSync('npm', ['ci', '--prefix', here, '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(1);
}
