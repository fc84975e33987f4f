import { judge, type StoredMessage } from '../oracle/oracle';
import { Chance } from './chance';
import { dieAt, type Left } from './death';
import { printScore } from './scoreboard';
import { Stage } from './stage';
import { readMessages } from './stored';
import { until } from './until';

const MESSAGES = 40;
const INFLIGHT = 8;

/** The table in docs/request-path.md, "When a process dies". */
interface Row {
  /** Highest count of the point at which the run still has work to lose. */
  latest: number;
  /** Messages left with an attempt written down. */
  inDoubt: 'none' | 'some' | 'any';
  /** Which of those the provider has. */
  withProvider: 'not all' | 'some' | 'any';
}

const ROWS: Record<string, Row> = {
  after_claim: { latest: 1, inDoubt: 'none', withProvider: 'any' },
  after_intent: { latest: 20, inDoubt: 'some', withProvider: 'not all' },
  during_call: { latest: 20, inDoubt: 'some', withProvider: 'some' },
  after_call: { latest: 20, inDoubt: 'some', withProvider: 'some' },
  after_settle: { latest: 20, inDoubt: 'any', withProvider: 'any' },
};

describe('a worker that dies', () => {
  const chance = new Chance();
  let stage: Stage;

  afterEach(() => stage.close());

  it.each(Object.entries(ROWS))(
    '%s leaves what the table says, and another worker goes on from there',
    async (point, row) => {
      const n = chance.between(1, row.latest);
      const env = { WORKER_CONCURRENCY: `${INFLIGHT}`, WORKER_DEAD_SECONDS: '2', LEASE_SECONDS: '10' };
      stage = await Stage.open({ delayMs: () => chance.between(100, 150), env });
      await stage.send(MESSAGES);

      const left = await dieAt(stage, `${point}:${n}`);
      expectRow(row, left, stage);

      await stage.start('worker');
      await stage.settled({ resolve: false });
      expectTakenOver(left, await messagesById(stage), stage);

      const echoed = await echoHalf(stage, left.inDoubt);
      await stage.settled();
      expectResolved(left.inDoubt, echoed, await messagesById(stage));

      const { violations, ...score } = judge(await stage.evidence());
      printScore('death point', {
        point,
        n,
        seed: chance.seed,
        claimed: left.claimed.length,
        echoed: echoed.length,
        ...score,
      });
      expect(violations).toEqual([]);
      expect(score.unknown).toBe(left.inDoubt.length);
      expect(score.dupCalls).toBeLessThanOrEqual(left.inDoubt.length - echoed.length);
    },
  );
});

function expectRow(row: Row, left: Left, stage: Stage): void {
  const called = left.inDoubt.filter((id) => callsOf(stage, id) > 0).length;
  expect(left.claimed.length + left.inDoubt.length).toBeGreaterThan(0);
  expect(left.inDoubt.length).toBeLessThanOrEqual(INFLIGHT);
  expect(left.claimed.filter((id) => callsOf(stage, id) > 0)).toEqual([]);
  if (row.inDoubt === 'none') expect(left.inDoubt).toEqual([]);
  if (row.inDoubt === 'some') expect(left.inDoubt).not.toEqual([]);
  if (row.withProvider === 'not all') expect(called).toBeLessThan(left.inDoubt.length);
  if (row.withProvider === 'some') expect(called).toBeGreaterThan(0);
}

/** Before any echo: what was only claimed is sent once; what was in doubt is shown as such and not sent again. */
function expectTakenOver(left: Left, messages: Map<string, StoredMessage>, stage: Stage): void {
  for (const id of left.claimed) {
    expect(messages.get(id)).toMatchObject({ status: 'SENT', attempts: [{ number: 1, outcome: 'ACCEPTED' }] });
    expect(callsOf(stage, id)).toBe(1);
  }
  for (const id of left.inDoubt) {
    expect(messages.get(id)).toMatchObject({
      status: 'UNKNOWN',
      reason: 'worker_lost',
      attempts: [{ number: 1, outcome: 'IN_DOUBT' }],
    });
    expect(callsOf(stage, id)).toBeLessThanOrEqual(1);
  }
}

/** The provider's word arrives for every second message that it has. */
async function echoHalf(stage: Stage, inDoubt: string[]): Promise<string[]> {
  const taken = stage.provider.calls.filter(({ messageId }) => inDoubt.includes(messageId));
  const reported = taken.filter((_, i) => i % 2 === 0);
  await stage.echo.report(reported);
  const ids = reported.map(({ messageId }) => messageId);
  await until('echoes that are taken in', async () => {
    const messages = await messagesById(stage);
    return ids.every((id) => messages.get(id)?.status === 'DELIVERED');
  });
  return ids;
}

/** An echo settles without a second copy; at_least_once sends the rest again. */
function expectResolved(inDoubt: string[], echoed: string[], messages: Map<string, StoredMessage>): void {
  for (const id of inDoubt) {
    const attempts = [{ number: 1, outcome: 'IN_DOUBT' }];
    const expected = echoed.includes(id)
      ? { status: 'DELIVERED', attempts }
      : { status: 'SENT', attempts: [...attempts, { number: 2, outcome: 'ACCEPTED' }] };
    expect(messages.get(id)).toMatchObject(expected);
  }
}

async function messagesById(stage: Stage): Promise<Map<string, StoredMessage>> {
  return new Map((await readMessages(stage.sql)).map((message) => [message.id, message]));
}

function callsOf(stage: Stage, id: string): number {
  return stage.provider.calls.filter(({ messageId }) => messageId === id).length;
}
