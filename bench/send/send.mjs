import { createRequire } from 'node:module';
import { Pool } from 'undici';
import { median, pairedRatio, ROUNDS, table, whole } from '../lab/figures.mjs';
import { startProgram } from '../lab/processes.mjs';

const require = createRequire(import.meta.url);
const { createHttpClient } = require('../../dist/src/platform/egress/http-client.js');
const { findProvider } = require('../../dist/src/providers/registry.js');

const SENDS = 4_000;
const AT_ONCE = 50;

/** One account of each provider of the network; the credentials open nothing. */
const ACCOUNTS = {
  sendgrid: mail({ apiKey: 'SG.abcdefghijklmnop.qrstuvwxyz' }),
  mailgun: mail({ apiKey: '0'.repeat(32), domain: 'acme.example', region: 'US' }),
  'aws-ses': mail({ accessKeyId: 'AKIAABCDEFGHIJKLMNOP', secretAccessKey: '0'.repeat(40), region: 'us-east-1' }),
  twilio: sms({ accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32) }),
  vonage: sms({ apiKey: 'abcdef01', apiSecret: '0123456789abcdef' }),
  'aws-sns': sms({ accessKeyId: 'AKIAABCDEFGHIJKLMNOP', secretAccessKey: '0'.repeat(40), region: 'us-east-1' }),
  telegram: {
    channelType: 'TELEGRAM',
    to: '4711',
    from: '@acme_bot',
    credentials: { botToken: `123456789:${'a'.repeat(35)}` },
  },
  whatsapp: {
    channelType: 'WHATSAPP',
    to: '+14155552671',
    from: '+15005550006',
    credentials: { accessToken: 'EAA0', phoneNumberId: '106540352242922', apiVersion: 'v23.0' },
  },
};

/** Sends of each provider through its SDK and our client, beside a bare undici loop that sends the very same bytes. */
export async function send() {
  const stub = await startProgram('send/stub.mjs', {});
  const client = createHttpClient();
  const rows = [];
  try {
    for (const [type, account] of Object.entries(ACCOUNTS)) rows.push(await compare(type, account, stub.line, client));
    console.log(
      table([[`${AT_ONCE} at once, 0 ms stub`, 'sends/s', 'bare undici/s', 'ratio', 'ms CPU a send'], ...rows]),
    );
    const connections = Number(await (await fetch(`${stub.line}/connections`)).text());
    console.log(`${SENDS * ROUNDS * rows.length * 2} requests over ${connections} connections`);
  } finally {
    await client.close();
    await stub.stop();
  }
}

async function compare(type, { channelType, to, from, credentials }, baseUrl, client) {
  const provider = findProvider(type);
  const account = {
    tenantId: 't',
    channelId: 'c',
    channelType,
    from,
    credentials,
    settings: {},
    webhookSecret: 's',
    baseUrl,
  };
  const messageOf = (n) => ({
    messageId: '01900000-0000-7000-8000-000000000001',
    ref: `01900000-0000-7000-8000-000000000001.${n % 10}`,
    channelType,
    messageType: 'TEXT',
    to,
    content: { subject: 'Hello', text: 'Hello Ada' },
    purpose: 'TRANSACTIONAL',
  });
  const now = () => new Date();
  const through = async (n) => {
    const result = await provider.send(messageOf(n), account, { http: (request) => client.http(request), now });
    if (result.outcome !== 'ACCEPTED') throw new Error(`${type}: ${JSON.stringify(result)}`);
  };
  const wire = await wireOf(provider, messageOf(1), account);
  const pool = new Pool(baseUrl, { connections: AT_ONCE, pipelining: 1 });
  const bare = async () => {
    const { statusCode, body } = await pool.request(wire);
    await body.text();
    if (statusCode >= 300) throw new Error(`${type}: ${statusCode}`);
  };
  const [ours, limit, cpu] = [[], [], []];
  await loop(through);
  await loop(bare);
  for (let round = 0; round < ROUNDS; round++) {
    limit.push(SENDS / (await loop(bare)));
    const before = process.cpuUsage();
    ours.push(SENDS / (await loop(through)));
    const { user, system } = process.cpuUsage(before);
    cpu.push((user + system) / 1000 / SENDS);
  }
  await pool.close();
  return [type, whole(median(ours)), whole(median(limit)), pairedRatio(ours, limit).toFixed(2), median(cpu).toFixed(2)];
}

/** The request that the provider builds, as undici takes it. */
async function wireOf(provider, message, account) {
  let wire;
  const http = (request) => {
    wire = request;
    return Promise.resolve({ kind: 'NOT_SENT', code: 'kept', message: 'Only looked at.' });
  };
  await provider.send(message, account, { http, now: () => new Date() });
  const { pathname, search } = new URL(wire.url);
  return { method: wire.method, path: pathname + search, headers: wire.headers, body: wire.body };
}

async function loop(one) {
  const begin = performance.now();
  let next = 0;
  const run = async () => {
    while (next < SENDS) await one(next++);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, run));
  return (performance.now() - begin) / 1000;
}

function mail(credentials) {
  return { channelType: 'EMAIL', to: 'ada@example.com', from: 'hello@acme.example', credentials };
}

function sms(credentials) {
  return { channelType: 'SMS', to: '+14155552671', from: '+15005550006', credentials };
}
