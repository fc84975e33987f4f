import { readConfig } from './config';
import { openDatabase } from './database';
import { checkInstallation } from './installation-check';
import { readMasterKey } from './platform/secrets/master-key';
import { ensureFirstTenant } from './tenants/first-tenant';

/**
 * `npm run confirm-restore`: says that this database, which was restored from a backup, is the one that shall send from now on. With
 * DATABASE_URL beside running processes, which then begin to work; with the embedded database while Carillon is stopped.
 */
async function main(): Promise<void> {
  const config = readConfig();
  const { adminUrl, close } = await openDatabase(config, readMasterKey(config));
  try {
    await ensureFirstTenant(adminUrl, undefined);
    const dataDir = config.DATABASE_URL === undefined ? config.DATA_DIR : undefined;
    await checkInstallation(adminUrl, { dataDir, confirm: 'yes' });
    process.stdout.write('Confirmed: this database is worked on from now on.\n');
  } finally {
    await close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
