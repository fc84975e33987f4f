import { createApp, openApi } from './app';
import { readConfig } from './config';
import { openPool } from './platform/db/data-source';
import { log } from './platform/log';
import { parseKeyRing } from './platform/secrets/key-ring';

/** Prints openapi.json. The pools are never opened: describing routes needs no database. */
async function main(): Promise<void> {
  log.level = 'silent';
  const pool = openPool({ url: 'postgres://127.0.0.1', poolSize: 2, statementTimeoutMs: 1, applicationName: 'none' });
  const keyRing = parseKeyRing(Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64'));
  const app = await createApp({ config: readConfig({}), keyRing, appPool: pool, workerPool: pool });
  process.stdout.write(`${JSON.stringify(openApi(app), null, 2)}\n`);
  process.exit(0);
}

void main();
