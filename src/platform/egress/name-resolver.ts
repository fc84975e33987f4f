import { Resolver } from 'node:dns/promises';

/** All IPv4 and IPv6 addresses of a name; none when it is not known or the signal came first. */
export type Resolve = (name: string, signal: AbortSignal) => Promise<string[]>;

const TRY_MS = 2_000;
const TRIES = 2;

/**
 * Asks DNS itself, not the system: its resolver reads the file of hosts, and runs on the few threads that all file access
 * shares, so that somebody's slow name server would hold up everything else.
 * @param servers `address:port` instead of those of the system
 */
export function nameResolver(servers?: readonly string[]): Resolve {
  return async (name, signal) => {
    const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES });
    if (servers) resolver.setServers(servers);
    const giveUp = (): void => resolver.cancel();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
      return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  };
}
