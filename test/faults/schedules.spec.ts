import { Chance } from './chance';
import type { Carillon } from './processes';
import { printScore, size } from './scoreboard';
import { Stage } from './stage';
import { until } from './until';

/** One in so many goes once; the others recur. */
const ONCE = 5;

/** On a machine that does other things besides. */
const PATIENCE_MS = 400_000;

describe('two processes that run the clock, and are killed', () => {
  const chance = new Chance();
  let stage: Stage;

  afterEach(() => stage.close());

  it('have fired each occurrence exactly once, none before its time, and left none out', async () => {
    const { occurrences, seconds, kills } = size({
      short: { occurrences: 2_000, seconds: 10, kills: 3 },
      full: { occurrences: 10_000, seconds: 40, kills: 10 },
    });
    stage = await Stage.open({ delayMs: () => 0 });
    const workers: Carillon[] = await Promise.all([stage.start('worker'), stage.start('worker')]);
    await makeSchedules(occurrences);
    // By their rules as well: a worker that starts moves what stands where its rule does not fall.
    await stage.sql.query(
      `UPDATE scheduled_message s SET next_at = n.at, timezone = 'UTC',
         local_at = CASE WHEN recurrence IS NOT NULL THEN to_char(n.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') END
       FROM (SELECT id, date_trunc('second', clock_timestamp() + random() * make_interval(secs => $1)) AS at
         FROM scheduled_message) n WHERE n.id = s.id`,
      [seconds],
    );
    await stage.sql.query(`CREATE TABLE due_at_first AS SELECT id, next_at FROM scheduled_message`);

    const begun = Date.now();
    for (let kill = 1; kill <= kills; kill++) {
      const at = Math.floor((occurrences * (kill - 1 + chance.next())) / kills);
      await until('occurrences before a kill', () => fired(workers, at), PATIENCE_MS);
      const which = chance.between(0, 1);
      await workers[which]?.kill();
      workers[which] = stage.spawn('worker');
    }
    await until('the last occurrence', () => fired(workers, occurrences), PATIENCE_MS);
    const tookS = (Date.now() - begun) / 1000;
    await until(
      'two looks of the clock',
      async () => (await count(`worker WHERE heartbeat_at > now() - interval '20 s'`)) >= 2,
    );

    const done = await count(`schedule_occurrence WHERE outcome = 'FIRED'`);
    const others = await count(`schedule_occurrence WHERE outcome <> 'FIRED'`);
    const asDue = await count(
      `schedule_occurrence o JOIN due_at_first d ON d.id = o.schedule_id AND d.next_at = o.occurrence_at`,
    );
    const messages = await count('communication_message');
    const named = await count('(SELECT DISTINCT message_id FROM schedule_occurrence) m');
    const waiting = await count(`communication_message WHERE status = 'SCHEDULED'`);
    const early = await count('schedule_occurrence WHERE at < occurrence_at');
    const { rows } = await stage.sql.query<{ p50: number; most: number }>(
      `SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY late) AS p50, max(late) AS most
       FROM (SELECT extract(epoch FROM at - occurrence_at)::float8 AS late FROM schedule_occurrence) l`,
    );
    printScore('schedule kills', {
      ...{ seed: chance.seed, occurrences, kills, fired: done, others, as_due: asDue, messages, early, took_s: tookS },
      ...{ late_p50_s: rows[0]?.p50, late_max_s: rows[0]?.most },
    });
    expect({ fired: done, others, asDue, messages, named, waiting, early }).toEqual({
      ...{ fired: occurrences, others: 0, asDue: occurrences, messages: occurrences, named: occurrences },
      ...{ waiting: 0, early: 0 },
    });
  });

  /** As they are made through the API; the recurring ones are then copied, with ids of their own. */
  async function makeSchedules(total: number): Promise<void> {
    const once = total / ONCE;
    const later = new Date(Date.now() + 3_600_000).toISOString();
    const sent = await stage.send(once, { patience: 50, body: () => ({ scheduledAt: later }) });
    expect(sent.filter(({ status }) => status !== 202)).toEqual([]);
    const made = await stage.client().post('/messages', {
      channelId: stage.channelId,
      to: 'again@example.com',
      content: { subject: 'Again', text: 'Hello' },
      scheduledAt: new Date(Date.now() + 12 * 3_600_000).toISOString(),
      timezone: 'Europe/Berlin',
      recurrence: 'FREQ=DAILY',
    });
    expect(made.status).toBe(202);
    await stage.sql.query(
      `INSERT INTO scheduled_message (tenant_id, id, channel_type, to_address, scheduled_at, local_at, timezone, recurrence, request, next_at)
       SELECT tenant_id, gen_random_uuid(), channel_type, 'again' || n || '@example.com', scheduled_at, local_at, timezone, recurrence,
         request, next_at
       FROM scheduled_message, generate_series(2, $2) n WHERE id = $1`,
      [made.body['id'], total - once],
    );
  }

  /** Throws where a worker ended that nobody killed. */
  async function fired(workers: readonly Carillon[], wanted: number): Promise<boolean> {
    const ended = workers.find(({ hasEnded }) => hasEnded);
    if (ended) throw new Error(`A worker ended by itself: ${ended.words}`);
    return (await count('schedule_occurrence')) >= wanted;
  }

  async function count(from: string): Promise<number> {
    const { rows } = await stage.sql.query<{ n: string }>(`SELECT count(*) AS n FROM ${from}`);
    return Number(rows[0]?.n);
  }
});
