// A worker of the campaign by hand: a job a recipient in pg-boss, 50 at a time. A worker that is gone is noticed after ten seconds,
// the least that pg-boss allows.
import { PgBoss } from 'pg-boss';
import { AT_ONCE, countSent, feed, isPaused, send } from './hand-made.mjs';

const QUEUE = 'campaign';
const boss = new PgBoss({
  connectionString: process.env.DATABASE_URL,
  superviseIntervalSeconds: 2,
  monitorIntervalSeconds: 2,
});
boss.on('error', (error) => console.error(error.message));
await boss.start();
await boss.createQueue(QUEUE, { retryLimit: 5, heartbeatSeconds: 10 });

const options = { batchSize: AT_ONCE, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 };
await boss.work(QUEUE, options, async (jobs) => {
  if (await isPaused())
    return enqueue(
      jobs.map(({ data }) => data),
      1,
    ); // come again in a second
  await Promise.all(jobs.map(({ data }) => send(data)));
  await countSent(jobs.length);
});

console.log('ready');
await feed({ enqueue, waiting });

async function enqueue(recipients, startAfter = 0) {
  await boss.insert(
    QUEUE,
    recipients.map((data) => ({ data, startAfter })),
  );
}

async function waiting() {
  const { rows } = await boss
    .getDb()
    .executeSql(`SELECT count(*)::int AS n FROM pgboss.job WHERE name = $1 AND state < 'completed'`, [QUEUE]);
  return rows[0].n;
}
