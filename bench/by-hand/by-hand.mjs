import { setTimeout as pause } from 'node:timers/promises';
import { startRedis } from '../dispatch/redis.mjs';
import { table, whole } from '../lab/figures.mjs';
import { byHandWith, carillon } from './contestants.mjs';
import { startLedger } from './ledger.mjs';

const RECIPIENTS = Number(process.env.BY_HAND_RECIPIENTS ?? 10_000);
const KILLS = 10;
const PAUSES = 10;
const PAUSE_MS = 700;
/** A call may be so long on its way from the decision to the provider. */
const ON_ITS_WAY_MS = 250;
/** No call for so long: nothing more will come. */
const QUIET_MS = 60_000;
/** All faults come before this share of the calls. */
const LAST = 0.85;

/** One campaign, the same for all: workers killed, paused and resumed, and then the provider's ledger is read. */
async function byHand(database) {
  const redis = await startRedis();
  if (!redis) console.log('redis-server is not installed: BullMQ is left out');
  const contestants = [
    carillon('at_least_once'),
    carillon('at_most_once'),
    byHandWith({ name: 'by hand: pg-boss, a job a recipient', file: 'pg-boss' }),
    ...(redis
      ? [
          byHandWith({
            name: 'by hand: BullMQ, a job a recipient',
            file: 'bullmq',
            env: { REDIS_PORT: String(redis.port) },
          }),
        ]
      : []),
  ];
  const rows = [];
  const { BY_HAND_ONLY: only = '' } = process.env;
  try {
    for (const contestant of contestants.filter(({ name }) => name.includes(only))) {
      rows.push(await run(database, contestant));
      console.log(rows.at(-1).join(' | '));
    }
  } finally {
    await redis?.stop();
  }
  const heading = [
    '',
    'lost',
    'doubled',
    'sent while paused',
    'count of sent is off by',
    'said to be unknown',
    'seconds',
  ];
  console.log(`${whole(RECIPIENTS)} recipients, 2 workers, ${KILLS} x kill -9, ${PAUSES} x pause and resume`);
  console.log(table([heading, ...rows]));
}

export { byHand as 'by-hand' };

async function run(database, { name, open }) {
  const ledger = await startLedger();
  const campaign = await open(database, { stubUrl: ledger.url, recipients: RECIPIENTS });
  const crew = [await campaign.startWorker(), await campaign.startWorker()];
  await campaign.start();
  const startedAt = performance.now();
  const [, pauses] = await Promise.all([killAll(campaign, crew, ledger), pauseAll(campaign, ledger)]);
  const over = await end(campaign, ledger);
  await ledger.reaches(Infinity, 5_000); // what is still on its way
  const got = Map.groupBy(ledger.calls, ({ to }) => to);
  const unknown = await campaign.shownOpen();
  const shown = await campaign.shownSent();
  for (const worker of crew) await kill(worker);
  await campaign.close();
  ledger.close();
  const whilePaused = ledger.calls.filter(({ at }) =>
    pauses.some(({ from, to }) => at > from + ON_ITS_WAY_MS && at < to),
  );
  return [
    name,
    RECIPIENTS - got.size - unknown.filter((address) => !got.has(address)).length,
    ledger.calls.length - got.size,
    whilePaused.length,
    Math.abs(shown - got.size + unknown.filter((address) => got.has(address)).length),
    unknown.length,
    over ? Math.round((over - startedAt) / 1000) : 'never ended',
  ];
}

const points = (count) =>
  Array.from({ length: count }, () => Math.floor(Math.random() * RECIPIENTS * LAST)).sort((a, b) => a - b);

/** Every other one comes the moment that the place in the list is seen to move, and meets the one that moved it. */
async function killAll(campaign, crew, ledger) {
  for (const [index, at] of points(KILLS).entries()) {
    await ledger.reaches(at, QUIET_MS);
    const pid = index % 2 === 0 ? await atMove(campaign) : undefined;
    const victim = Math.max(
      crew.findIndex((worker) => worker.pid === pid),
      0,
    );
    await kill(crew[victim]);
    crew[victim] = await campaign.startWorker();
    if (pid === undefined) crew.reverse();
  }
}

async function atMove(campaign) {
  const before = await campaign.place();
  for (const deadline = performance.now() + 5_000; performance.now() < deadline; await pause(1))
    if ((await campaign.place()) !== before) return campaign.feeder();
  return undefined;
}

async function pauseAll(campaign, ledger) {
  const pauses = [];
  for (const at of points(PAUSES)) {
    await ledger.reaches(at, QUIET_MS);
    await campaign.pause();
    const from = performance.now();
    await pause(PAUSE_MS);
    pauses.push({ from, to: performance.now() });
    await campaign.resume();
  }
  return pauses;
}

/** When it said that it was over; undefined when it never does. */
async function end(campaign, ledger) {
  for (let seen = -1, since = 0; ; await pause(250)) {
    if (await campaign.isOver()) return performance.now();
    if (ledger.calls.length !== seen) [seen, since] = [ledger.calls.length, performance.now()];
    else if (performance.now() - since > QUIET_MS) return undefined;
  }
}

async function kill({ pid, ended }) {
  process.kill(pid, 'SIGKILL');
  await ended;
}
