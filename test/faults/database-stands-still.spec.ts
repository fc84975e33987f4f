import { judge } from '../oracle/oracle';
import { Chance } from './chance';
import { printScore } from './scoreboard';
import { Stage } from './stage';
import { setTimeout as pause } from 'node:timers/promises';

const DEAD_S = 2;
const STILL_MS = 6_000;

describe('a database that stands still for longer than it takes a worker to count as dead', () => {
  const chance = new Chance();
  let stage: Stage;

  afterEach(() => stage.close());

  it('puts nothing in doubt: workers that were all cut off do not take each other for dead', async () => {
    const env = { WORKER_CONCURRENCY: '16', WORKER_DEAD_SECONDS: `${DEAD_S}`, LEASE_SECONDS: '20' };
    stage = await Stage.open({ delayMs: () => chance.between(100, 300), env });
    await Promise.all([stage.start('worker'), stage.start('worker')]);
    const sent = stage.send(400);
    await stage.provider.reaches(chance.between(30, 100));
    await standStill();
    await sent;
    await stage.settled();

    const { violations, ...score } = judge(await stage.evidence());
    printScore('database stands still', { seed: chance.seed, still_s: STILL_MS / 1000, dead_s: DEAD_S, ...score });
    expect(violations).toEqual([]);
    expect(score).toMatchObject({ lost: 0, unknown: 0, dupCalls: 0 });
  });

  /** Nobody gets at these tables meanwhile: statements wait and fail, and connections stay. */
  async function standStill(): Promise<void> {
    const client = await stage.sql.connect();
    try {
      await client.query('BEGIN');
      await client.query('LOCK TABLE worker, communication_message, message_attempt IN ACCESS EXCLUSIVE MODE');
      await pause(STILL_MS);
      await client.query('COMMIT');
    } finally {
      client.release();
    }
  }
});
