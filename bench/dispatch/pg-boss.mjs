// pg-boss: two workers take batches of half the messages at once, work on a whole batch at once, and fetch again as soon as it is done.
import { PgBoss } from 'pg-boss';
import { AT_ONCE, begin, deliver, finish, loadMessages, POOL_SIZE } from './work.mjs';

const QUEUE = 'messages';
const messages = await loadMessages();
const boss = new PgBoss({ connectionString: process.env.DATABASE_URL, max: POOL_SIZE });
boss.on('error', (error) => console.error(error));
await boss.start();
await boss.createQueue(QUEUE);
for (let at = 0; at < messages.length; at += 5_000)
  await boss.insert(
    QUEUE,
    messages.slice(at, at + 5_000).map((data) => ({ data })),
  );

let left = messages.length;
const options = { batchSize: AT_ONCE / 2, localConcurrency: 2, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 };
await begin();
await boss.work(QUEUE, options, async (jobs) => {
  await Promise.all(jobs.map(({ data }) => deliver(data)));
  left -= jobs.length;
  if (left === 0) finish();
});
