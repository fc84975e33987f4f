import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { until } from './until';

const MAIN = join(__dirname, '..', '..', 'dist', 'src', 'main.js');
const DIE_WITH_PARENT = join(__dirname, 'die-with-parent.cjs');
const START_MS = 60_000;
const KEPT_OUTPUT = 5_000;

/** How a process ended. */
export interface Ending {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** One Carillon as an operator runs it: a process of its own, in a process group of its own. */
export class Carillon {
  readonly ended: Promise<Ending>;
  private output = '';
  private address: string | undefined;

  constructor(private readonly child: ChildProcess) {
    const keep = (chunk: Buffer): void => {
      this.output = (this.output + chunk.toString()).slice(-KEPT_OUTPUT);
      this.address ??= /Carillon runs \(\w+\) at (\S+)/.exec(this.output)?.[1];
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    this.ended = once(child, 'exit').then(([code, signal]) => ({ code, signal }) as Ending);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('The process was not started');
    return this.child.pid;
  }

  /** Where it listens, by its own word. Throws before it said so. */
  get url(): string {
    if (!this.address) throw new Error(`No address yet:\n${this.output}`);
    return this.address;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** What it wrote last. */
  get words(): string {
    return this.output;
  }

  /** To this process alone; its children, if any, have to notice by themselves. */
  signal(name: NodeJS.Signals): void {
    if (!this.hasEnded) process.kill(this.pid, name);
  }

  /** Ends it as a power cut would; answers when it is gone. */
  async kill(): Promise<Ending> {
    this.signal('SIGKILL');
    return this.ended;
  }

  /** Whether anything of its process group is left. */
  leftSomething(): boolean {
    try {
      process.kill(-this.pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  async listening(): Promise<this> {
    await until(
      'a Carillon that listens',
      async () => {
        if (this.hasEnded) throw new Error(`Carillon ended at its start:\n${this.output}`);
        return this.address !== undefined;
      },
      START_MS,
    );
    return this;
  }
}

const started = new Set<Carillon>();

/** Starts one with this environment and nothing else; answers at once. Everything started here is ended by stopAll. */
export function spawnCarillon(env: Readonly<Record<string, string>>): Carillon {
  const child = spawn(process.execPath, ['--require', DIE_WITH_PARENT, MAIN], {
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', LOG_LEVEL: 'warn', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const carillon = new Carillon(child);
  started.add(carillon);
  return carillon;
}

/** Ends every process that was started here and is still there, with its group; no number of a process that is gone is used. */
export async function stopAll(): Promise<void> {
  for (const one of [...started].filter(({ hasEnded }) => !hasEnded)) process.kill(-one.pid, 'SIGKILL');
  await Promise.all([...started].map(({ ended }) => ended));
  started.clear();
}
