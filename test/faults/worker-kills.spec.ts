import { judge, type Verdict } from '../oracle/oracle';
import { Chance } from './chance';
import type { Carillon } from './processes';
import { isShort, mostInDoubt, printScore, size } from './scoreboard';
import { Stage } from './stage';
import { heldBy } from './stored';
import { until } from './until';

/** One run: messages in as many slices as there are kills, and a kill at a random call of each. */
interface Plan {
  messages: number;
  kills: number;
  inflight: number;
  delivery: 'at_least_once' | 'at_most_once';
  /** Share of calls that the provider reports as delivered; of the rest nothing is ever heard. */
  echoes: number;
  env: Record<string, string>;
}

interface Score extends Verdict {
  kills: number;
  inflight: number;
  /** Longest time from a kill until the last message that the dead worker held had moved, in seconds. */
  resume_s: number;
  /** Messages that the dead workers held. */
  held: number;
}

const QUICK = { WORKER_DEAD_SECONDS: '3', LEASE_SECONDS: '10' };
const MOST_RESUME_S = 75;

describe('workers that are killed while they send', () => {
  const chance = new Chance();
  let stage: Stage;

  afterEach(() => stage.close());

  it('lose nothing, and send twice only what was in doubt', async () => {
    const inflight = 16;
    const numbers = size({ short: { messages: 800, kills: 4 }, full: { messages: 5_000, kills: 20 } });
    const score = await run({ ...numbers, inflight, delivery: 'at_least_once', echoes: 0.5, env: QUICK });
    printScore('worker kills', { seed: chance.seed, ...score });
    expectPromises(score);
  });

  it('send nothing twice where that is forbidden', async () => {
    const numbers = size({ short: { messages: 300, kills: 2 }, full: { messages: 1_000, kills: 6 } });
    const score = await run({ ...numbers, inflight: 16, delivery: 'at_most_once', echoes: 0.5, env: QUICK });
    printScore('worker kills, at_most_once', { seed: chance.seed, ...score });
    expectPromises(score);
    expect(score.dupCalls).toBe(0);
  });

  if (!isShort)
    it('are missed in time with the settings that Carillon comes with', async () => {
      const score = await run({
        messages: 600,
        kills: 2,
        inflight: 50,
        delivery: 'at_least_once',
        echoes: 0.5,
        env: {},
      });
      printScore('worker kills, default settings', { seed: chance.seed, ...score });
      expectPromises(score);
    });

  async function run(plan: Plan): Promise<Score> {
    stage = await Stage.open({
      delayMs: () => chance.between(5, 20),
      env: { WORKER_CONCURRENCY: `${plan.inflight}`, ...plan.env },
      onTaken: (call) => {
        if (chance.happens(plan.echoes)) void stage.echo.report([call]);
      },
    });
    const workers = await Promise.all([stage.start('worker'), stage.start('worker')]);
    const deaths: Death[] = [];
    for (let kill = 0; kill < plan.kills; kill++) deaths.push(await sendAndKill(plan, workers));
    await stage.settled();
    return {
      ...judge(await stage.evidence()),
      kills: deaths.length,
      inflight: plan.inflight,
      resume_s: Math.max(...deaths.map(({ resumeMs }) => resumeMs)) / 1000,
      held: deaths.reduce((sum, { held }) => sum + held, 0),
    };
  }

  interface Death {
    held: number;
    resumeMs: number;
  }

  async function sendAndKill(plan: Plan, workers: Carillon[]): Promise<Death> {
    const slice = Math.ceil(plan.messages / plan.kills);
    const at = stage.provider.calls.length + chance.between(10, Math.floor(slice * 0.7));
    const sent = stage.send(slice, { body: () => ({ delivery: plan.delivery }) });
    await stage.provider.reaches(at);
    const victim = chance.pick(workers);
    await victim.kill();
    workers.splice(workers.indexOf(victim), 1);
    const [death, replacement] = await Promise.all([takenOver(victim), stage.start('worker'), sent]);
    workers.push(replacement);
    return death;
  }

  async function takenOver(victim: Carillon): Promise<Death> {
    const killedAt = performance.now();
    const held = (await heldBy(stage.sql, victim.pid)).length;
    await until(
      'messages of a dead worker that move again',
      async () => (await heldBy(stage.sql, victim.pid)).length === 0,
    );
    return { held, resumeMs: Math.round(performance.now() - killedAt) };
  }
});

function expectPromises({ violations, lost, dupCalls, unknown, kills, inflight, resume_s, held }: Score): void {
  expect(violations).toEqual([]);
  expect(lost).toBe(0);
  expect(dupCalls).toBeLessThanOrEqual(unknown);
  expect(unknown).toBeLessThanOrEqual(kills * mostInDoubt({ inflight }));
  expect(resume_s).toBeLessThanOrEqual(MOST_RESUME_S);
  expect(held).toBeGreaterThan(0); // a run that hurt nobody proves nothing
}
