import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Debian's `kcat`; KCAT names another place. */
const PLACES = ['/usr/bin/kcat', '/usr/local/bin/kcat', '/usr/bin/kafkacat'];
const kcatPath = [process.env['KCAT'] ?? '', ...PLACES].find((path) => path !== '' && existsSync(path));

/** Ends a broker whose test run was killed before it could. */
const LONGEST_LIFE = '900';
const START_MS = 10_000;

/** Whether a broker can be started on this machine. */
export const hasKafka = kcatPath !== undefined;

/** `describe` where there is a broker to talk to; else everything in it is skipped, and said so where nobody overlooks it. */
export const describeWithKafka: jest.Describe = hasKafka ? describe : skipLoudly();

/** A Kafka of one broker, kept in memory: the mock cluster inside librdkafka, which speaks the protocol over TCP. */
export interface KafkaBroker {
  /** `127.0.0.1:<port>`, for KAFKA_BROKERS and for clients of a test. Topics come into being when they are first named. */
  brokers: string;
  /** It takes connections and answers nobody, until `resume`. */
  pause(): void;
  resume(): void;
  /** Gone, with everything in it. May be called twice. */
  stop(): Promise<void>;
}

/** Starts a broker of its own. */
export async function startKafka(): Promise<KafkaBroker> {
  const args = ['-C', '-t', 'boot', '-b', 'x', '-X', 'test.mock.num.brokers=1', '-d', 'mock'];
  // A group of its own: signals must reach kcat, and not only the `timeout` in front of it.
  const child = spawn('timeout', [LONGEST_LIFE, kcatPath ?? 'kcat', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    const brokers = await addressOf(child);
    return {
      brokers,
      pause: () => signal(child, 'SIGSTOP'),
      resume: () => signal(child, 'SIGCONT'),
      stop: async () => {
        signal(child, 'SIGKILL');
        await ended;
      },
    };
  } catch (error) {
    signal(child, 'SIGKILL');
    throw error;
  }
}

/** It says its address in its log, which is then read on and dropped: a full pipe would stop it. */
function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('kcat did not say where its broker listens')), START_MS);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`kcat ended with ${code}`)));
    if (!child.stderr) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      const address = /bootstrap\.servers=(\S+)/.exec(line)?.[1];
      if (address === undefined) return;
      clearTimeout(timer);
      resolve(address);
    });
  });
}

function signal({ pid, exitCode, signalCode }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  process.kill(-pid, name);
}

function skipLoudly(): jest.Describe {
  const line = '='.repeat(100);
  process.stderr.write(
    `\n${line}\nNOTICE: no kcat was found, so the tests with Kafka are SKIPPED. Install it (apt-get install kcat), or name it:\nKCAT=/path/to/kcat. Looked at ${PLACES.join(', ')}.\n${line}\n\n`,
  );
  return describe.skip;
}
