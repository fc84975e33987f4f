import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Chance } from './chance';
import type { Carillon } from './processes';
import { printScore, size } from './scoreboard';
import { Stage } from './stage';
import { until } from './until';

const STEPS = [
  { type: 'send', content: { subject: 'Drip', text: 'One' } },
  { type: 'wait', seconds: 1 },
  {
    type: 'branch',
    conditions: { field: 'event.payload.even', op: 'eq', value: true },
    steps: [{ type: 'send', content: { subject: 'Drip', text: 'Even' } }],
    otherwise: [{ type: 'send', content: { subject: 'Drip', text: 'Odd' } }],
  },
  { type: 'update_contact', attributes: { middle: true } },
  { type: 'wait', seconds: 1 },
  { type: 'tell_event', event: 'drip-nearly-done' },
  { type: 'send', content: { subject: 'Drip', text: 'Three' } },
];
/** The trace of a run, by the way that its branch took. */
const PATHS = {
  even: ['0', '1', '2', '2/steps/0', '3', '4', '5', '6'],
  odd: ['0', '1', '2', '2/otherwise/0', '3', '4', '5', '6'],
};
const DEATHS = ['mid_step', 'after_step'] as const;
const PATIENCE_MS = 300_000;

describe('a drip over three messages, with waits and a branch, whose workers are killed', () => {
  const chance = new Chance();
  let stage: Stage;
  let told = 0;

  beforeEach(async () => {
    stage = await Stage.open({ delayMs: () => 0, env: { WORKER_DEAD_SECONDS: '5', LEASE_SECONDS: '20' } });
    const steps = JSON.parse(JSON.stringify(STEPS), (key, value: unknown) =>
      isSend(value) ? { ...value, channelId: stage.channelId } : value,
    ) as object[];
    const rule = { name: 'Drip', trigger: { event: 'signup' }, reentry: 'once', steps };
    const made = await stage.client().post('/automation-rules', rule);
    expect(made.status).toBe(201);
  });
  afterEach(() => stage.close());

  const isSend = (value: unknown): value is object => (value as { type?: unknown } | null)?.type === 'send';

  /** Somebody signs up; told twice now and then, as whoever tells events at least once does. */
  async function signUp(): Promise<void> {
    const number = ++told;
    const event = {
      ...{ name: 'signup', eventId: `signup-${number}`, contact: { email: `drip${number}@example.com` } },
      payload: { even: number % 2 === 0 },
    };
    for (let again = chance.happens(0.1) ? 2 : 1; again > 0; again--)
      expect((await stage.client().post('/events', event)).status).toBe(202);
  }

  const count = async (from: string) => {
    const { rows } = await stage.sql.query<{ n: string }>(`SELECT count(*) AS n FROM ${from}`);
    return Number(rows[0]?.n);
  };
  const ended = () => count('automation_run WHERE ended_at IS NOT NULL');

  /** Every step of every run is there once, in its order, and so is what it did. */
  async function expectEachOnce(people: number): Promise<void> {
    const { rows: runs } = await stage.sql.query<{
      status: string;
      even: boolean;
      seqs: number[];
      paths: string[];
      texts: string[];
    }>(
      `SELECT r.status, (r.event -> 'payload' ->> 'even')::boolean AS even,
         ARRAY(SELECT seq FROM automation_run_step s WHERE s.run_id = r.id ORDER BY seq) AS seqs,
         ARRAY(SELECT path FROM automation_run_step s WHERE s.run_id = r.id ORDER BY seq) AS paths,
         ARRAY(SELECT content ->> 'text' FROM communication_message m WHERE m.contact_id = r.contact_id ORDER BY m.seq) AS texts
       FROM automation_run r`,
    );
    expect(runs).toHaveLength(people);
    const asItShouldBe = (even: boolean) => {
      const paths = PATHS[even ? 'even' : 'odd'];
      const texts = ['One', even ? 'Even' : 'Odd', 'Three'];
      return { status: 'COMPLETED', even, seqs: paths.map((_, index) => index + 1), paths, texts };
    };
    expect(runs).toEqual(runs.map(({ even }) => asItShouldBe(even)));
    expect({
      messages: await count('communication_message'),
      inTraces: await count('(SELECT DISTINCT message_id FROM automation_run_step WHERE message_id IS NOT NULL) m'),
      references: await count('(SELECT DISTINCT client_reference FROM communication_message) m'),
      changed: await count(`contact WHERE attributes = '{"middle": true}'`),
      told: await count(`tenant_event WHERE type = 'drip-nearly-done' AND source = 'rule'`),
    }).toEqual({ messages: 3 * people, inTraces: 3 * people, references: 3 * people, changed: people, told: people });
  }

  it.each(DEATHS)('does each step once when a worker dies at every single one of them: %s', async (point) => {
    await signUp();
    let deaths = 0;
    while ((await ended()) < 1) {
      // Whoever dies in the middle of a step leaves it to the next one, who dies in the middle of the step behind.
      const nth = point === 'mid_step' && deaths > 0 ? 2 : 1;
      const worker = stage.spawn('worker', { FAILPOINT: `${point}:${nth}` });
      const isOver = async () => (worker.hasEnded ? 'died' : (await ended()) > 0 && 'done');
      if ((await until('a death, or the end', isOver, PATIENCE_MS)) === 'done') await worker.kill();
      else deaths += await killed(worker);
    }
    await expectEachOnce(1);
    printScore(`rule deaths, ${point}`, { seed: chance.seed, steps: PATHS.odd.length, deaths });
    // The last step ends the run: whoever dies behind it is seen by nobody.
    expect(deaths).toBeGreaterThanOrEqual(PATHS.odd.length - 1);
  });

  it('does each step of all of them once when workers die again and again', async () => {
    const { people, kills } = size({ short: { people: 100, kills: 6 }, full: { people: 400, kills: 30 } });
    const total = people * PATHS.odd.length;
    const workers: Carillon[] = [await hire(), await hire()];
    const signedUp = (async () => {
      for (let left = people; left > 0; left -= 10)
        await Promise.all(Array.from({ length: Math.min(10, left) }, signUp));
    })();
    let deaths = 0;
    for (let kill = 1; kill <= kills; kill++) {
      const at = Math.floor((total * (kill - 1 + chance.next())) / (kills + 1));
      await until(
        'steps before a kill',
        async () => {
          deaths += await bury(workers); // both may have died by themselves
          return (await count('automation_run_step')) >= at && true;
        },
        PATIENCE_MS,
      );
      await pause(chance.between(0, 50));
      deaths += await bury(workers);
      const which = chance.between(0, 1);
      await workers[which]?.kill();
      workers[which] = await hire();
      deaths++;
    }
    await signedUp;
    await until(
      'the end of all runs',
      async () => {
        deaths += await bury(workers);
        return (await ended()) >= people && true;
      },
      PATIENCE_MS,
    );
    await expectEachOnce(people);
    printScore('rule kills', { seed: chance.seed, people, steps: total, kills, deaths });
    expect(deaths).toBeGreaterThanOrEqual(kills);
  });

  /** Every other one dies by itself, in the middle of a step or right behind one. */
  const hire = async (): Promise<Carillon> => {
    const failpoint = `${chance.pick(DEATHS)}:${chance.between(5, 150)}`;
    return stage.spawn('worker', chance.happens(0.5) ? { FAILPOINT: failpoint } : {});
  };

  /** Counts a death; one that was no death by a failpoint is none. */
  async function killed(worker: Carillon): Promise<1> {
    const { signal } = await worker.ended;
    if (signal !== 'SIGKILL') throw new Error(`A worker ended otherwise:\n${worker.words}`);
    return 1;
  }

  /** Replaces those that died by themselves; answers how many. */
  async function bury(workers: Carillon[]): Promise<number> {
    const dead = [...workers.entries()].filter(([, { hasEnded }]) => hasEnded);
    for (const [index, worker] of dead) {
      await killed(worker);
      workers[index] = await hire();
    }
    return dead.length;
  }

  it('counts a sign-up that is told by two as one', async () => {
    const event = {
      name: 'signup',
      eventId: randomUUID(),
      contact: { email: 'both@example.com' },
      payload: { even: true },
    };
    const client = stage.client();
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.post('/events', event)));
    expect(new Set(answers.filter(({ status }) => status === 202).map(({ body }) => body['id'])).size).toBe(1);
    await stage.start('worker');
    await until('the end of the run', async () => (await ended()) >= 1 && true);
    await expectEachOnce(1);
  });
});
