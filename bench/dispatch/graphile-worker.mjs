// graphile-worker with its local queue and its batched completion.
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { AT_ONCE, begin, database, deliver, finish, loadMessages } from './work.mjs';

const messages = await loadMessages();
const logger = new Logger(() => () => undefined);
const tools = await makeWorkerUtils({ pgPool: database, logger });
await tools.migrate();
for (let at = 0; at < messages.length; at += 5_000)
  await tools.addJobs(messages.slice(at, at + 5_000).map((payload) => ({ identifier: 'send', payload })));

let left = messages.length;
const send = async (message) => {
  await deliver(message);
  if (--left === 0) finish();
};
await begin();
await run({
  pgPool: database,
  logger,
  noHandleSignals: true,
  taskList: { send },
  preset: {
    worker: { concurrentJobs: AT_ONCE, localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
  },
});
