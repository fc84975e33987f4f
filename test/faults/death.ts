import type { Stage } from './stage';
import { heldBy } from './stored';

/** What a dead worker leaves behind. */
export interface Left {
  /** Held, and nothing written down: certainly not sent. */
  claimed: string[];
  /** Held, and the intent to call written down. */
  inDoubt: string[];
}

/** Starts a worker that dies at a point (`<point>:<n>`) as if by a power cut; answers what it held. */
export async function dieAt(stage: Stage, failpoint: string): Promise<Left> {
  const worker = stage.spawn('worker', { FAILPOINT: failpoint });
  const { signal } = await worker.ended;
  if (signal !== 'SIGKILL') throw new Error(`The worker ended otherwise:\n${worker.words}`);
  const held = await heldBy(stage.sql, worker.pid);
  return {
    claimed: held.filter(({ dispatched }) => !dispatched).map(({ id }) => id),
    inDoubt: held.filter(({ dispatched }) => dispatched).map(({ id }) => id),
  };
}
