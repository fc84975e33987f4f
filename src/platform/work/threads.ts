import { join } from 'node:path';
import { Worker, type ResourceLimits } from 'node:worker_threads';

export interface ThreadOptions {
  /** Compiled or TypeScript file that answers each message with one message. */
  file: string;
  /** Most threads at a time. */
  threads: number;
  /** Longest time of one job, in milliseconds; the thread does not survive it. */
  timeoutMs: number;
  memoryMb: number;
  /** Most jobs of one owner that wait. */
  maxWaiting: number;
}

/** Why a job has no result: it took too long, needed too much memory, too many of its owner were waiting, or all ends here. */
export class JobStopped extends Error {
  override readonly name = 'JobStopped';

  constructor(readonly why: 'TIME' | 'MEMORY' | 'TOO_MANY' | 'CLOSED') {
    super(`The job was stopped: ${why}`);
  }
}

interface Promised {
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

interface Job extends Promised {
  owner: string;
  message: unknown;
}

/**
 * Threads for work on what strangers wrote: it cannot hold up the event loop, and what takes too long or too much memory is
 * ended with its thread. Owners take turns, and have one thread at a time, so that nobody's work waits for more than one job
 * of anybody else. Threads start when they are needed and do not keep the process alive.
 */
export class Threads {
  private readonly waiting = new Map<string, Job[]>();
  private readonly busy = new Set<string>();
  private readonly idle: Thread[] = [];
  private readonly alive = new Set<Thread>();
  private isClosed = false;

  constructor(private readonly options: ThreadOptions) {}

  /** The answer to a message. Throws JobStopped, or what the thread threw. */
  run(owner: string, message: unknown): Promise<unknown> {
    if (this.isClosed) return Promise.reject(new JobStopped('CLOSED'));
    const queue = this.waiting.get(owner) ?? [];
    if (queue.length >= this.options.maxWaiting) return Promise.reject(new JobStopped('TOO_MANY'));
    return new Promise((resolve, reject) => {
      queue.push({ owner, message, resolve, reject });
      this.waiting.set(owner, queue);
      this.next();
    });
  }

  /** Ends all threads; jobs that run or wait are stopped. */
  async close(): Promise<void> {
    this.isClosed = true;
    const jobs = [...this.waiting.values()].flat();
    this.waiting.clear();
    for (const { reject } of jobs) reject(new JobStopped('CLOSED'));
    this.idle.length = 0;
    await Promise.all([...this.alive].map((thread) => thread.end('CLOSED')));
  }

  private next(): void {
    for (const [owner, queue] of this.waiting) {
      if (this.busy.has(owner)) continue;
      const thread = this.idle.pop() ?? this.start();
      if (!thread) return;
      const job = queue.shift();
      // To the end of the line, so that owners take turns.
      this.waiting.delete(owner);
      if (queue.length) this.waiting.set(owner, queue);
      if (job) this.give(thread, job);
    }
  }

  private start(): Thread | undefined {
    if (this.alive.size >= this.options.threads) return undefined;
    const thread = new Thread(this.options, () => this.gone(thread));
    this.alive.add(thread);
    return thread;
  }

  private give(thread: Thread, { owner, message, resolve, reject }: Job): void {
    this.busy.add(owner);
    void thread
      .ask(message)
      .then(resolve, reject)
      .finally(() => {
        this.busy.delete(owner);
        if (this.alive.has(thread)) this.idle.push(thread);
        this.next();
      });
  }

  private gone(thread: Thread): void {
    this.alive.delete(thread);
    const index = this.idle.indexOf(thread);
    if (index >= 0) this.idle.splice(index, 1);
  }
}

/** One thread and what it is asked. */
class Thread {
  private readonly worker: Worker;
  private readonly started: Promise<void>;
  private asked: Promised | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: ThreadOptions,
    private readonly onEnd: () => void,
  ) {
    const resourceLimits: ResourceLimits = { maxOldGenerationSizeMb: options.memoryMb, maxYoungGenerationSizeMb: 16 };
    this.worker = new Worker(options.file, {
      resourceLimits,
      ...runTypescript(options.file),
      stdout: true,
      stderr: true,
    });
    // What libraries say of strangers' texts is not for our log; what ends the thread comes as its error.
    for (const stream of [this.worker.stdout, this.worker.stderr]) stream.resume();
    this.worker.unref();
    this.started = new Promise((resolve) => this.worker.once('message', () => resolve()));
    this.worker.on('error', (error: NodeJS.ErrnoException) =>
      this.fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new JobStopped('MEMORY') : error),
    );
    this.worker.on('exit', () => this.fail(new JobStopped('MEMORY')));
  }

  ask(message: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.asked = { resolve, reject };
      void this.started.then(() => this.post(message));
    });
  }

  /** Whoever waits is told why at once; the thread itself may take a little longer to end. */
  async end(why: JobStopped['why']): Promise<void> {
    const ended = this.worker.terminate();
    this.fail(new JobStopped(why));
    await ended;
  }

  /** The time of a job begins when its thread is there to do it. */
  private post(message: unknown): void {
    if (!this.asked) return;
    this.timer = setTimeout(() => void this.end('TIME'), this.options.timeoutMs);
    this.worker.once('message', (answer: { result?: unknown; error?: Error }) => {
      const { asked } = this;
      this.settle();
      if (answer.error) asked?.reject(answer.error);
      else asked?.resolve(answer.result);
    });
    this.worker.postMessage(message);
  }

  private fail(error: Error): void {
    const { asked } = this;
    this.settle();
    this.onEnd();
    asked?.reject(error);
  }

  private settle(): void {
    clearTimeout(this.timer);
    this.asked = undefined;
  }
}

/** Where the sources run without a build, as in tests, so do the threads. */
function runTypescript(file: string): { execArgv?: string[] } {
  if (!file.endsWith('.ts')) return {};
  return { execArgv: ['-r', join(__dirname, '../../../test/support/sources.cjs')] };
}
