// A worker of the campaign by hand: a job a recipient in BullMQ, 50 at a time. A worker that is gone is noticed after ten seconds.
// Environment besides: REDIS_PORT.
import { DelayedError, Queue, Worker } from 'bullmq';
import { AT_ONCE, countSent, feed, isPaused, send } from './hand-made.mjs';

const QUEUE = 'campaign';
const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };
const queue = new Queue(QUEUE, { connection, defaultJobOptions: { attempts: 5, removeOnComplete: true } });

const work = async (job, token) => {
  if (await isPaused()) {
    await job.moveToDelayed(Date.now() + 1_000, token);
    throw new DelayedError();
  }
  await send(job.data);
  await countSent(1);
};
const options = { connection, concurrency: AT_ONCE, lockDuration: 10_000, stalledInterval: 5_000 };
new Worker(QUEUE, work, options).on('error', (error) => console.error(error.message));

console.log('ready');
await feed({ enqueue, waiting });

async function enqueue(recipients) {
  await queue.addBulk(recipients.map((data) => ({ name: 'send', data })));
}

async function waiting() {
  const counts = await queue.getJobCounts('waiting', 'active', 'delayed');
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}
