// A provider that takes everything and writes down who got it and when: Twilio's endpoint for sending.
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const ANSWER_MS = 10;

/** Starts one in this process. `calls` only ever grows. */
export async function startLedger() {
  const calls = [];
  const server = createServer((request, response) => {
    if (request.method !== 'POST') return void response.writeHead(503).end(); // a question that gets no answer
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.once('end', () => {
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      calls.push({ to: form.get('To'), at: performance.now() });
      const body = `{"sid":"SM${calls.length.toString(16).padStart(32, '0')}","status":"queued","num_segments":"1","price":null}`;
      const headers = { 'content-type': 'application/json', 'content-length': body.length };
      setTimeout(() => response.writeHead(201, headers).end(body), ANSWER_MS);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    calls,
    /** Resolves at that count of calls, or when there was none for so long. */
    async reaches(count, quietMs) {
      for (let seen = -1, since = 0; calls.length < count; await pause(5)) {
        if (calls.length !== seen) [seen, since] = [calls.length, performance.now()];
        else if (performance.now() - since > quietMs) return;
      }
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
