import { startEmbeddedPostgres } from '../../src/platform/db/embedded-postgres';

/** An application in a process of its own: starts the server on the folder in argv, tells the parent, lives until killed. */
async function main(): Promise<void> {
  const postgres = await startEmbeddedPostgres({ dataDir: process.argv[2] ?? '', settings: { fsync: 'off' } });
  process.send?.({ pid: postgres.pid, port: postgres.port, adminUrl: postgres.adminUrl });
}

main().catch((error: Error) => process.send?.({ error: error.message }));
