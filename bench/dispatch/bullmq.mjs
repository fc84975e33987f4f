// BullMQ, so many jobs at once as the others have messages at work. Environment besides: REDIS_PORT.
import { Queue, Worker } from 'bullmq';
import { AT_ONCE, begin, deliver, finish, loadMessages } from './work.mjs';

const connection = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT), maxRetriesPerRequest: null };
const messages = await loadMessages();
const queue = new Queue('messages', { connection, defaultJobOptions: { removeOnComplete: true } });
for (let at = 0; at < messages.length; at += 5_000)
  await queue.addBulk(messages.slice(at, at + 5_000).map((data) => ({ name: 'send', data })));

let left = messages.length;
const send = async ({ data }) => {
  await deliver(data);
  left -= 1;
};
await begin();
const worker = new Worker('messages', send, { connection, concurrency: AT_ONCE });
worker.on('completed', () => left === 0 && finish());
worker.on('error', (error) => console.error(error));
