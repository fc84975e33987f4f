import { log } from '../log';
import { Wake } from './wake';

const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 5_000;

/** A step of work that is repeated: at once while there is some, after a pause when there is none, later after a fault. */
export class Loop {
  private stopping = false;
  private running: Promise<void> | undefined;

  /** @param step does some work and answers how much it found. @param idleMs longest pause between two looks. */
  constructor(
    private readonly name: string,
    private readonly step: () => Promise<number>,
    private readonly idleMs: number,
    private readonly wake = new Wake(),
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Resolves when the step that is running is over. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake.now();
    await this.running;
  }

  private async run(): Promise<void> {
    let backoffMs = FIRST_BACKOFF_MS;
    while (!this.stopping) {
      try {
        const found = await this.step();
        backoffMs = FIRST_BACKOFF_MS;
        if (!found && !this.stopping) await this.wake.wait(this.idleMs);
      } catch (error) {
        log.warn({ err: error, loop: this.name, backoffMs }, 'a step of work failed');
        if (!this.stopping) await this.wake.wait(backoffMs);
        backoffMs = Math.min(backoffMs * 2, LONGEST_BACKOFF_MS);
      }
    }
  }
}
