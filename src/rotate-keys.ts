import { SigningSecrets } from './automation/webhook/signing-secrets';
import { ChannelSecrets } from './channels/channel-secrets';
import { rewrapChannels, rewrapEndpoints, rewrapRules, rewrapSources } from './key-rotation';
import { readConfig } from './config';
import { openDatabase } from './database';
import { SourceSecrets } from './events/sources/source-secrets';
import { TenantDb } from './platform/db/tenant-db';
import { WorkerDb } from './platform/db/worker-db';
import { addOwnKey, readMasterKey } from './platform/secrets/master-key';
import { Vault } from './platform/secrets/vault';
import { EndpointSecrets } from './webhook-endpoints/endpoint-secrets';

/**
 * `npm run keys:rotate`: seals every credential under the current master key. With MASTER_KEY=new:…,old:… beside running
 * processes that know both; with a key of the data folder's own while Carillon is stopped, and then the new key is made here.
 */
async function main(): Promise<void> {
  const config = readConfig();
  const isOwn = !config.MASTER_KEY && !config.MASTER_KEY_FILE;
  readMasterKey(config); // makes the first one where there is none yet
  const own = isOwn ? addOwnKey(config.DATA_DIR) : undefined;
  const keyRing = readMasterKey(config);
  const { resources, close } = await openDatabase(config, keyRing);
  try {
    const { appPool, workerPool } = resources;
    const [worker, db, vault] = [new WorkerDb(workerPool), new TenantDb(appPool), new Vault(keyRing)];
    const { channels, rewrapped } = await rewrapChannels(worker, db, new ChannelSecrets(vault));
    const endpoints = await rewrapEndpoints(worker, db, new EndpointSecrets(vault));
    const sources = await rewrapSources(worker, db, new SourceSecrets(vault));
    const rules = await rewrapRules(worker, new SigningSecrets(db, vault));
    own?.dropOld();
    process.stdout.write(
      `${rewrapped} of ${channels} channels, ${endpoints} webhook endpoints, ${sources} event sources and ${rules} rules sealed ` +
        `again, now all under key ${keyRing.currentId}\n`,
    );
  } finally {
    await close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
