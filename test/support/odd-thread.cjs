/** A thread that does what it is told: answers, throws, never ends, or takes all the memory that it gets. */
const { parentPort } = require('node:worker_threads');

const DEEDS = {
  echo: ({ value }) => value,
  fail: () => {
    throw new Error('as told');
  },
  spin: () => {
    for (;;);
  },
  fill: () => {
    for (const all = []; ;) all.push(Array.from({ length: 1000 }, Math.random));
  },
  leave: () => process.exit(0),
};

parentPort.on('message', (job) => {
  try {
    parentPort.postMessage({ result: DEEDS[job.deed](job) });
  } catch (error) {
    parentPort.postMessage({ error });
  }
});
parentPort.postMessage('ready');
