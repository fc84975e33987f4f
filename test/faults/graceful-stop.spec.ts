import { judge } from '../oracle/oracle';
import { Chance } from './chance';
import { printScore, size } from './scoreboard';
import { Stage } from './stage';

const LONGEST_STOP_S = 30;

describe('a worker that is asked to stop under load', () => {
  const chance = new Chance();
  let stage: Stage;

  afterEach(() => stage.close());

  it('finishes its calls, gives the rest back and is gone, with nothing in doubt', async () => {
    const stops = size({ short: 4, full: 15 });
    stage = await Stage.open({ delayMs: () => chance.between(5, 20), env: { WORKER_CONCURRENCY: '16' } });
    const stopSeconds: number[] = [];
    for (let stop = 0; stop < stops; stop++) stopSeconds.push(await sendAndStop());
    await stage.start('worker');
    await stage.settled({ resolve: false });

    const { violations, ...score } = judge(await stage.evidence());
    printScore('graceful stops', { seed: chance.seed, stops, stop_s: Math.max(...stopSeconds), ...score });
    expect(violations).toEqual([]);
    expect(score).toMatchObject({ lost: 0, unknown: 0, dupCalls: 0 });
    expect(Math.max(...stopSeconds)).toBeLessThanOrEqual(LONGEST_STOP_S);
  });

  /** Seconds from SIGTERM to the end of the process. */
  async function sendAndStop(): Promise<number> {
    const worker = await stage.start('worker');
    const at = stage.provider.calls.length + chance.between(20, 150);
    const sent = stage.send(400);
    await stage.provider.reaches(at);
    const askedAt = performance.now();
    worker.signal('SIGTERM');
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    const seconds = Number(((performance.now() - askedAt) / 1000).toFixed(2));

    expect(worker.leftSomething()).toBe(false);
    const { SENDING = 0, UNKNOWN = 0, QUEUED = 0 } = await stage.states();
    expect({ SENDING, UNKNOWN }).toEqual({ SENDING: 0, UNKNOWN: 0 });
    expect(QUEUED).toBeGreaterThan(0); // else it was not under load
    await sent;
    return seconds;
  }
});
