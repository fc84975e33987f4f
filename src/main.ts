import { readConfig, type Config } from './config';
import { log } from './platform/log';
import { startRuntime, type Runtime } from './runtime';

/** An orderly stop takes 30 s at most; whatever hangs longer than that ends here. */
const LONGEST_STOP_MS = 35_000;

async function main(): Promise<void> {
  const config = readConfig();
  log.level = config.LOG_LEVEL;
  const runtime = await startRuntime(config);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void stop(runtime, signal));
  welcome(config, runtime);
}

async function stop(runtime: Runtime, signal: string): Promise<void> {
  log.info({ signal }, 'stopping');
  setTimeout(() => process.exit(1), LONGEST_STOP_MS).unref();
  await runtime.stop();
  process.exit(0);
}

/** The only time that the key is shown. */
function welcome({ ROLE, BOOTSTRAP_API_KEY }: Config, { url, first, restored }: Runtime): void {
  const base = `${url}/api/v1/communication`;
  const key = first.newKey ?? BOOTSTRAP_API_KEY;
  const lines = [`Carillon runs (${ROLE}) at ${url}`, `API documentation: ${url}/docs`];
  if (restored !== undefined) lines.push('', ...restoredLines(restored));
  if (first.newKey) lines.push('', `API key of the first tenant, shown this once: ${first.newKey}`);
  const shown = first.newKey ?? (key ? '$BOOTSTRAP_API_KEY' : '<your API key>');
  lines.push(
    '',
    'Send a first message:',
    `  curl -sS ${base}/messages -H 'Authorization: Bearer ${shown}' \\`,
    `    -H 'Content-Type: application/json' -d '{"channelType":"EMAIL","to":"ada@example.com","content":{"text":"Hello"}}'`,
    '',
  );
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** What to do about a copy from a backup. */
function restoredLines(code: string): string[] {
  return [
    'THIS DATABASE WAS RESTORED FROM A BACKUP: nothing is sent, for the original may have sent it or still do.',
    'Cancel what must not go out. When this copy shall work from now on, and no other: npm run confirm-restore',
    `(with the embedded database, stop Carillon first), or start it with CONFIRM_RESTORE=${code}`,
  ];
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
