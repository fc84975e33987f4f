import { judge, type StoredMessage } from '../oracle/oracle';
import { Chance } from './chance';
import { dieAt } from './death';
import { mostInDoubt, printScore, size } from './scoreboard';
import { Stage } from './stage';
import { heldBy, readMessages } from './stored';
import type { StubCall } from './stub-provider';

const INFLIGHT = 8;
const BATCH_SIZE = 50;
const ENV = {
  WORKER_CONCURRENCY: `${INFLIGHT}`,
  WORKER_BATCH_SIZE: `${BATCH_SIZE}`,
  WORKER_DEAD_SECONDS: '2',
  LEASE_SECONDS: '10',
};
const POINTS = ['after_claim:1', 'after_intent:2', 'during_call:2', 'after_call:2', 'after_settle:2'];
/** Every second message is never to be sent again when nobody knows whether it was. */
const bulk = (reference: string) => ({
  lane: 'bulk',
  delivery: Number(reference.slice(1)) % 2 ? 'at_most_once' : 'at_least_once',
});

/** A call that many messages share is one attempt: whoever dies with it leaves all of them in doubt, or none. */
describe('a worker that dies with shared calls in flight', () => {
  const chance = new Chance();
  let stage: Stage;

  afterEach(() => stage.close());

  it.each(POINTS)('at %s leaves whole calls in doubt, and each message ends as its own policy says', async (point) => {
    stage = await Stage.open({ delayMs: () => chance.between(100, 150), env: ENV });
    await stage.send(400, { body: bulk });
    const left = await dieAt(stage, point);
    expect(left.inDoubt.length).toBeLessThanOrEqual(mostInDoubt({ inflight: INFLIGHT, batchSize: BATCH_SIZE }));
    expect(left.claimed.length + left.inDoubt.length).toBeGreaterThan(0);
    for (const ids of await inDoubtByCall()) expect(left.inDoubt).toEqual(expect.arrayContaining(ids));

    await stage.start('worker');
    await stage.settled({ resolve: false });
    const taken = new Map((await readMessages(stage.sql)).map((message) => [message.id, message]));
    for (const id of left.inDoubt) expect(taken.get(id)).toMatchObject({ status: 'UNKNOWN', reason: 'worker_lost' });
    for (const id of left.claimed) expect(taken.get(id)).toMatchObject({ status: 'SENT', attempts: [{ number: 1 }] });

    await stage.settled();
    const { violations, ...score } = judge(await stage.evidence());
    printScore('death point, shared calls', {
      point,
      seed: chance.seed,
      requests: stage.provider.requests,
      claimed: left.claimed.length,
      ...score,
    });
    expect(violations).toEqual([]);
    expect(score.lost).toBe(0);
    expect(score.unknown).toBe(left.inDoubt.length);
    expect(score.dupCalls).toBeLessThanOrEqual(score.unknown);
    expect(copiesOf(await readMessages(stage.sql), 'at_most_once')).toBe(0);
  });

  it('lose nothing when killed at random, and send twice only what was in doubt', async () => {
    const kills = size({ short: 3, full: 12 });
    // Half of the messages; those of one request are reported with one.
    const heard: StubCall[] = [];
    stage = await Stage.open({
      delayMs: () => chance.between(5, 40),
      env: ENV,
      onTaken: (call) => {
        if (chance.happens(0.5) && heard.push(call) === 1) setImmediate(() => void stage.echo.report(heard.splice(0)));
      },
    });
    let held = 0;
    for (let kill = 0; kill < kills; kill++) {
      await stage.send(600, { body: bulk });
      const at = stage.provider.calls.length + chance.between(20, 400);
      const victim = await stage.start('worker');
      await stage.provider.reaches(at);
      await victim.kill();
      held += (await heldBy(stage.sql, victim.pid)).length;
    }
    await stage.start('worker');
    await stage.settled({ timeoutMs: 300_000 });
    const { violations, ...score } = judge(await stage.evidence());
    const bound = kills * mostInDoubt({ inflight: INFLIGHT, batchSize: BATCH_SIZE });
    const { requests } = stage.provider;
    printScore('worker kills, shared calls', { seed: chance.seed, kills, held, bound, requests, ...score });
    expect(violations).toEqual([]);
    expect(score.lost).toBe(0);
    expect(score.dupCalls).toBeLessThanOrEqual(score.unknown);
    expect(score.unknown).toBeLessThanOrEqual(bound);
    expect(copiesOf(await readMessages(stage.sql), 'at_most_once')).toBe(0);
    expect(held).toBeGreaterThan(0);
  });

  it('leave nothing in doubt when they are asked to stop', async () => {
    stage = await Stage.open({ delayMs: () => chance.between(50, 100), env: ENV });
    await stage.send(1_000, { body: bulk });
    const worker = await stage.start('worker');
    await stage.provider.reaches(chance.between(20, 200));
    worker.signal('SIGTERM');
    expect(await worker.ended).toEqual({ code: 0, signal: null });
    const { SENDING = 0, UNKNOWN = 0, QUEUED = 0 } = await stage.states();
    expect({ SENDING, UNKNOWN }).toEqual({ SENDING: 0, UNKNOWN: 0 });
    expect(QUEUED).toBeGreaterThan(0); // else it was not under load
    await stage.start('worker');
    await stage.settled({ resolve: false });
    const { violations, ...score } = judge(await stage.evidence());
    expect(violations).toEqual([]);
    expect(score).toMatchObject({ lost: 0, unknown: 0, dupCalls: 0 });
  });

  /** Ids of the messages of each call whose end nobody wrote down. */
  async function inDoubtByCall(): Promise<string[][]> {
    const { rows } = await stage.sql.query<{ ids: string[] }>(
      `SELECT array_agg(message_id::text) AS ids FROM message_attempt
       WHERE batch_id IN (SELECT batch_id FROM message_attempt WHERE settled_at IS NULL) GROUP BY batch_id`,
    );
    return rows.map(({ ids }) => ids);
  }

  function copiesOf(messages: readonly StoredMessage[], delivery: StoredMessage['delivery']): number {
    const ids = new Set(messages.filter((message) => message.delivery === delivery).map(({ id }) => id));
    const calls = stage.provider.calls.filter(({ messageId, taken }) => taken && ids.has(messageId));
    return calls.length - new Set(calls.map(({ messageId }) => messageId)).size;
  }
});
