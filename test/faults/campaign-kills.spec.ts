import { setTimeout as pause } from 'node:timers/promises';
import { judge, type Verdict } from '../oracle/oracle';
import { Chance } from './chance';
import { OwnPostgres } from './own-postgres';
import type { Carillon } from './processes';
import { printScore, size } from './scoreboard';
import { Stage } from './stage';
import { heldBy, readMessages } from './stored';
import type { StubCall } from './stub-provider';
import { until } from './until';
import { SLOW_DOMAIN, WatchedCampaign, type Look } from './watched-campaign';
import { AFTER_OPT_OUT, ENDED_TOO_EARLY, WHILE_PAUSED, WITNESSES } from './witnesses';

/** One run. All faults come at random points of it, the last of them before the last tenth. */
interface Plan {
  recipients: number;
  /** Workers that are killed, one of them while the turns of the recipients are decided. */
  kills: number;
  /** How many of them are killed in the middle of giving messages to recipients. */
  midway: number;
  postgresKills: number;
  pauses: number;
  /** Most messages a second; undefined: as fast as it goes. */
  rate?: number;
  lookEveryMs: number;
  leastLooks: number;
}

const SHORT: Plan = {
  recipients: 2_000,
  kills: 4,
  midway: 1,
  postgresKills: 1,
  pauses: 6,
  rate: 100,
  lookEveryMs: 20,
  leastLooks: 100,
};
const FULL: Plan = {
  recipients: Number(process.env['CAMPAIGN_RECIPIENTS'] ?? 100_000),
  kills: 20,
  midway: 5,
  postgresKills: 3,
  pauses: 50,
  lookEveryMs: 50,
  leastLooks: 1_000,
};

const CALLS_AT_ONCE = 5;
const MAILS_IN_A_CALL = 20;
/** Messages that one worker may have on their way to the provider. */
const INFLIGHT = CALLS_AT_ONCE * MAILS_IN_A_CALL;
const WORKERS = 2;
/** Share of calls that the provider reports as delivered; of the rest nothing is ever heard. */
const ECHOES = 0.5;
const ECHO_EVERY_MS = 250;
/** Longer than a busy machine keeps a living worker silent. */
const QUICK = {
  WORKER_DEAD_SECONDS: '5',
  LEASE_SECONDS: '20',
  WORKER_CONCURRENCY: `${CALLS_AT_ONCE}`,
  WORKER_BATCH_SIZE: `${MAILS_IN_A_CALL}`,
};
const PATIENCE_MS = 840_000;

interface Score extends Verdict {
  status: string;
  /** Actions that had to be asked for again, and the longest that one took, in milliseconds. */
  askedAgain: number;
  slowestActMs: number;
  looks: Look[];
  bad: Look[];
  /** Messages that the dead workers held. */
  held: number;
  afterPause: number;
  afterOptOut: number;
  endedTooEarly: number;
  /** Calls for addresses that were suppressed before the start. */
  toSuppressed: number;
}

describe('a bulk send that is paused and resumed while its workers and its database are killed', () => {
  const chance = new Chance();
  let stage: Stage;
  /** Workers that were killed in the middle of giving turns or messages to recipients. */
  let midway: number;

  afterEach(() => stage.close());

  it('loses nobody, writes twice only where it was in doubt, and never while it is paused', () =>
    expectPromises('at_least_once'));

  it('writes to nobody twice where that is forbidden', async () => {
    const { dupCalls } = await expectPromises('at_most_once');
    expect(dupCalls).toBe(0);
  });

  async function expectPromises(delivery: 'at_least_once' | 'at_most_once'): Promise<Score> {
    const plan = size({ short: SHORT, full: FULL });
    const startedAt = performance.now();
    const score = await run(plan, delivery);
    const { violations, looks, bad, ...figures } = score;
    const { recipients, kills, postgresKills, pauses } = plan;
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    printScore(`campaign kills, ${delivery}`, {
      ...{ seed: chance.seed, recipients, kills, postgresKills, pauses, midway, inflight: INFLIGHT, seconds },
      ...{ looks: looks.length, badLooks: bad.length, ...figures },
    });
    expect(violations).toEqual([]);
    expect(bad).toEqual([]);
    expect(score).toMatchObject({ lost: 0, afterPause: 0, afterOptOut: 0, endedTooEarly: 0, toSuppressed: 0 });
    expect(score.dupCalls).toBeLessThanOrEqual(score.unknown);
    // A database that dies takes along what any worker had in flight.
    expect(score.unknown).toBeLessThanOrEqual((kills + postgresKills * WORKERS) * INFLIGHT);
    // A run that hurt nobody proves nothing; of a few kills all may fall into pauses or between two calls.
    if (kills >= 20) expect(score.held).toBeGreaterThan(0);
    expect(midway).toBeGreaterThan(0);
    expect(looks.length).toBeGreaterThanOrEqual(plan.leastLooks);
    const failed = ['FAILED', 'EXPIRED', 'UNKNOWN'].some((status) => status in score.states);
    expect(score.status).toBe(failed ? 'PARTIALLY_FAILED' : 'COMPLETED');
    return score;
  }

  async function run(plan: Plan, delivery: string): Promise<Score> {
    const postgres = await OwnPostgres.start();
    const taken: StubCall[] = [];
    stage = await Stage.open({
      database: postgres,
      delayMs: () => chance.between(5, 20),
      env: QUICK,
      onTaken: (call) => void (chance.happens(ECHOES) && taken.push(call)),
    });
    await stage.sql.query(WITNESSES);
    const audience = audienceOf(plan);
    const campaign = await WatchedCampaign.draft(stage, audience, {
      delivery,
      rate: { ...(plan.rate && { perSecond: plan.rate }), domains: [{ domain: SLOW_DOMAIN, perSecond: 100 }] },
    });
    const crew = new Crew(stage, chance);
    await crew.hire();
    await campaign.act('start');
    midway = 0;
    await killMidway(campaign, crew); // while turns are decided

    const watched = campaign.watch(plan.lookEveryMs);
    const echoed = echoAll(campaign, taken);
    await Promise.all([killAll(plan, campaign, crew, postgres), pauseAll(plan, campaign)]);
    await until(
      'the end of a bulk send',
      async () => {
        await stage.endEchoWindows();
        return campaign.hasEnded;
      },
      PATIENCE_MS,
    );
    await Promise.all([watched, echoed]);
    await stage.settled();
    return { ...(await judged(campaign)), held: await crew.held() };
  }

  function audienceOf({ recipients }: Plan) {
    const few = Math.ceil(recipients / 100);
    return { open: recipients - 2 * few, suppressed: few, excluded: few, slowEvery: 50 };
  }

  /** Counts of calls, in order, the last of them before this share of all. */
  function points(count: number, share: number, { recipients }: Plan): number[] {
    return Array.from({ length: count }, () => chance.between(1, Math.floor(recipients * share))).sort((a, b) => a - b);
  }

  async function killAll(plan: Plan, campaign: WatchedCampaign, crew: Crew, postgres: OwnPostgres): Promise<void> {
    const faults = [
      // Early, for the last recipients have their messages long before the last call.
      ...points(plan.midway, 0.5, plan).map((at) => ({ at, fault: () => killMidway(campaign, crew) })),
      ...points(plan.kills - plan.midway - 1, 0.88, plan).map((at) => ({ at, fault: () => crew.kill() })),
      ...points(plan.postgresKills, 0.88, plan).map((at) => ({ at, fault: () => postgres.kill() })),
    ];
    for (const { at, fault } of faults.sort((a, b) => a.at - b.at)) {
      await stage.provider.reaches(at);
      await pause(chance.between(0, 300));
      await fault();
    }
  }

  /** One that gives messages to recipients, or decides their turns; any, where nobody is left to be given one. */
  async function killMidway(campaign: WatchedCampaign, crew: Crew): Promise<void> {
    if (await campaign.killMidway((pid) => crew.kill(pid))) midway++;
    else await crew.kill();
  }

  async function pauseAll(plan: Plan, campaign: WatchedCampaign): Promise<void> {
    for (const point of points(plan.pauses, 0.88, plan)) {
      await stage.provider.reaches(point);
      await campaign.act('pause');
      await pause(chance.between(20, 1_000));
      const address = `p${chance.between(1, plan.recipients)}@example.com`;
      await stage
        .client()
        .post('/suppressions', { channelType: 'EMAIL', address })
        .catch(() => undefined);
      await campaign.act('resume');
    }
  }

  /** Tells, some at a time as SendGrid does, what was delivered. */
  async function echoAll(campaign: WatchedCampaign, taken: StubCall[]): Promise<void> {
    while (!campaign.hasEnded) {
      await stage.echo.report(taken.splice(0));
      await pause(ECHO_EVERY_MS);
    }
  }

  /** The oracle knows answers of POST /messages; here each recipient that was to be written to is one. */
  async function judged(campaign: WatchedCampaign): Promise<Omit<Score, 'held'>> {
    const { rows } = await stage.sql.query<{ reference: string; id: string | null; suppressed: boolean }>(
      `SELECT r.recipient_key AS reference, r.message_id AS id FROM bulk_message_recipient r
       WHERE r.campaign_id = $1 AND r.status <> 'EXCLUDED'`,
      [campaign.id],
    );
    const answers = rows.map(({ reference, id }) => ({ reference, status: 202, ...(id && { id }) }));
    const messages = await readMessages(stage.sql);
    const count = async (text: string) => (await stage.sql.query(text)).rows.length;
    const { open } = campaign.audience;
    return {
      ...judge({ calls: stage.provider.calls, answers, messages }),
      status: campaign.looks.at(-1)?.status ?? '',
      askedAgain: campaign.askedAgain,
      slowestActMs: campaign.slowestMs,
      looks: campaign.looks,
      bad: campaign.badLooks(),
      afterPause: await count(WHILE_PAUSED),
      afterOptOut: await count(AFTER_OPT_OUT),
      endedTooEarly: await count(ENDED_TOO_EARLY),
      toSuppressed: stage.provider.calls.filter(({ to }) => Number(/^p(\d+)@/.exec(to)?.[1]) > open).length,
    };
  }
});

/** The workers of a run: whoever is killed is replaced at once. */
class Crew {
  private readonly workers: Carillon[] = [];
  private readonly losses: Promise<number>[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly chance: Chance,
  ) {}

  async hire(): Promise<void> {
    this.workers.push(...(await Promise.all(Array.from({ length: WORKERS }, () => this.stage.start('worker')))));
  }

  /** Ends the one with this process id, or any of them. */
  async kill(pid?: number): Promise<void> {
    const victim = this.workers.find((worker) => worker.pid === pid) ?? this.chance.pick(this.workers);
    await victim.kill();
    this.losses.push(
      heldBy(this.stage.sql, victim.pid).then(
        ({ length }) => length,
        () => 0,
      ),
    );
    this.workers[this.workers.indexOf(victim)] = await this.stage.start('worker');
  }

  /** How many messages all those that were killed held. */
  async held(): Promise<number> {
    return (await Promise.all(this.losses)).reduce((sum, each) => sum + each, 0);
  }
}
