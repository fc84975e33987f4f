import { judge } from '../oracle/oracle';
import { printScore } from './scoreboard';
import { Stage, type Transcript } from './stage';

const REQUESTS = 1_000;

describe('one Idempotency-Key, a thousand times at once', () => {
  let stage: Stage;

  afterEach(() => stage.close());

  it('makes one message; the others are told to wait, or given the same answer', async () => {
    stage = await Stage.open({ delayMs: () => 1 });
    const other = await stage.start('api');
    const answers = await Promise.all(
      Array.from({ length: REQUESTS }, (_, i) => stage.ask('only-one', { from: i % 2 ? other : stage.api })),
    );
    const accepted = answers.filter(({ status }) => status === 202);
    const busy = answers.filter(({ status }) => status === 409);
    expect(accepted.length + busy.length).toBe(REQUESTS);
    expect(accepted.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(accepted.map(({ text }) => text)).size).toBe(1);

    const replays = await Promise.all([stage.ask('only-one'), stage.ask('only-one', { from: other })]);
    for (const replay of replays) expect(replay).toEqual({ ...accepted[0], replayed: true });

    stage.answers.push(...answers.filter(isAccepted), ...replays);
    await stage.start('worker');
    await stage.settled();
    const { violations, ...score } = judge(await stage.evidence());
    const replayed = accepted.length - 1;
    printScore('one key at once', { requests: REQUESTS, fresh: 1, replayed, busy: busy.length, ...score });
    expect(violations).toEqual([]);
    expect(score).toMatchObject({ accepted: 1, lost: 0, dupCalls: 0, states: { SENT: 1 } });
  });
});

function isAccepted({ status }: Transcript): boolean {
  return status === 202;
}
