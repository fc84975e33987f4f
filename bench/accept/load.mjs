// Load for POST servers over raw sockets: as little work as possible, since it shares the processors with what it measures.
// Environment: URL, KEY, CONNECTIONS, SECONDS or COUNT, RECIPIENTS, and MESSAGE, the file that makes the bodies.
// Prints one line of JSON.
import { connect } from 'node:net';
import { quantile } from '../lab/figures.mjs';

const target = new URL(process.env.URL);
const recipients = Number(process.env.RECIPIENTS);
const seconds = Number(process.env.SECONDS ?? Infinity);
const count = Number(process.env.COUNT ?? Infinity);
const { message } = await import(process.env.MESSAGE ?? './message.mjs');
const latencies = [];
const statuses = {};
let sent = 0;
let endAt = Infinity;

const begin = performance.now();
endAt = begin + seconds * 1000;
await Promise.all(Array.from({ length: Number(process.env.CONNECTIONS) }, runConnection));
const elapsed = (performance.now() - begin) / 1000;
latencies.sort((a, b) => a - b);
const result = {
  perSecond: latencies.length / elapsed,
  p50: quantile(latencies, 0.5),
  p99: quantile(latencies, 0.99),
  statuses,
};
console.log(JSON.stringify(result));

/** One connection that asks again as soon as it is answered. */
function runConnection() {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(target.port), target.hostname);
    let received = '';
    let startedAt = 0;
    const ask = () => {
      startedAt = performance.now();
      received = '';
      socket.write(request());
    };
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.once('connect', ask);
    socket.once('error', reject);
    socket.on('data', (chunk) => {
      received += chunk;
      if (!isWhole(received)) return;
      latencies.push(performance.now() - startedAt);
      const status = received.slice(9, 12);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (performance.now() < endAt && sent < count) return ask();
      socket.end();
      resolve();
    });
  });
}

function request() {
  const body = message(sent++ % recipients);
  return (
    `POST ${target.pathname} HTTP/1.1\r\nHost: ${target.host}\r\nAuthorization: Bearer ${process.env.KEY}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

function isWhole(answer) {
  const headEnd = answer.indexOf('\r\n\r\n');
  if (headEnd < 0) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(answer.slice(0, headEnd));
  if (length) return answer.length >= headEnd + 4 + Number(length[1]);
  return answer.endsWith('\r\n0\r\n\r\n');
}
