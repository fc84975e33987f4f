import { judge } from '../oracle/oracle';
import { Chance } from './chance';
import { isShort, printScore } from './scoreboard';
import { Stage } from './stage';
import { heldBy, readMessages } from './stored';
import { until } from './until';

const INFLIGHT = 8;

describe('a worker that is frozen until it counts as dead, and wakes up', () => {
  const chance = new Chance();
  let stage: Stage;

  afterEach(() => stage.close());

  it('changes nothing that was taken over, while its claims still look young to it', () =>
    expectHarmless({ lease: 60, frozenMs: 0 }));

  if (!isShort)
    it('changes nothing that was taken over, after its claims grew stale', () =>
      expectHarmless({ lease: 10, frozenMs: 12_000 }));

  async function expectHarmless({ lease, frozenMs }: { lease: number; frozenMs: number }): Promise<void> {
    const env = { WORKER_CONCURRENCY: `${INFLIGHT}`, WORKER_DEAD_SECONDS: '2', LEASE_SECONDS: `${lease}` };
    stage = await Stage.open({ delayMs: () => chance.between(300, 400), env });
    const [zombie] = await Promise.all([stage.start('worker'), stage.start('worker')]);
    const sent = stage.send(100);
    await stage.provider.reaches(chance.between(20, 50));
    zombie.signal('SIGSTOP');
    const frozenAt = Date.now();
    await sent;

    await until(
      'messages of a frozen worker that are taken over',
      async () => (await heldBy(stage.sql, zombie.pid)).length === 0,
    );
    await until('the end of the frost', async () => Date.now() - frozenAt >= frozenMs);
    const inDoubt = (await readMessages(stage.sql)).filter(({ status }) => status === 'UNKNOWN').map(({ id }) => id);
    const before = await images(inDoubt);
    const wokenAt = Date.now();
    zombie.signal('SIGCONT');
    await stage.settled({ resolve: false });
    zombie.signal('SIGTERM');
    expect(await zombie.ended).toEqual({ code: 0, signal: null }); // all that it had to say is written, or refused

    const after = await images(inDoubt);
    const overwrites = inDoubt.filter((id) => after.get(id) !== before.get(id)).length;
    const zombieSends = stage.provider.calls.filter(
      ({ messageId, at }) => inDoubt.includes(messageId) && at > wokenAt,
    ).length;
    await stage.settled();
    const { violations, ...score } = judge(await stage.evidence());
    const frozen_s = (wokenAt - frozenAt) / 1000;
    printScore('zombie', {
      seed: chance.seed,
      frozen_s,
      inDoubt: inDoubt.length,
      overwrites,
      zombieSends,
      inflight: INFLIGHT,
      ...score,
    });
    expect(violations).toEqual([]);
    expect(inDoubt.length).toBeGreaterThan(0);
    expect(overwrites).toBe(0);
    expect(zombieSends).toBeLessThanOrEqual(INFLIGHT);
    expect(score).toMatchObject({ lost: 0, unknown: inDoubt.length });
  }

  /** Messages with their attempts, whole, as text. */
  async function images(ids: string[]): Promise<Map<string, string>> {
    const { rows } = await stage.sql.query<{ id: string; image: string }>(
      `SELECT m.id, concat(to_jsonb(m), (SELECT jsonb_agg(to_jsonb(a) ORDER BY a.attempt_no) FROM message_attempt a
         WHERE a.tenant_id = m.tenant_id AND a.message_id = m.id)) AS image
       FROM communication_message m WHERE m.id = ANY($1)`,
      [ids],
    );
    return new Map(rows.map(({ id, image }) => [id, image]));
  }
});
