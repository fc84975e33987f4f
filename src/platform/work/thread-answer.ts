import { parentPort } from 'node:worker_threads';

/** Makes this thread answer each message of Threads with what `work` makes of it. */
export function answerMessages<Job>(work: (job: Job) => unknown): void {
  const port = parentPort;
  if (!port) throw new Error('This file runs as a thread only');
  port.on('message', (job: Job) => {
    void Promise.resolve()
      .then(() => work(job))
      .then(
        (result) => port.postMessage({ result }),
        (error: unknown) => port.postMessage({ error }),
      );
  });
  port.postMessage('ready');
}
