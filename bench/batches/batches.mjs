import { setTimeout as pause } from 'node:timers/promises';
import { query } from '../lab/database.mjs';
import { median, pairedRatio, quantile, ROUNDS, table, whole } from '../lab/figures.mjs';
import { startCarillon, startProgram } from '../lab/processes.mjs';
import { makeStage, RECIPIENTS } from '../lab/stage.mjs';

const MESSAGES = 20_000;
const SIZES = [1, 500];
const DELAYS_MS = [0, 50];

/** 20,000 mails of a campaign through one worker: one a call, and as many a call as Carillon puts together. */
export async function batches(database, options) {
  for (const provider of ['sendgrid', 'mailgun']) {
    const stage = await makeStage(database, `batches_${provider}`, provider);
    await query(stage.url, queuedMails(stage, { lane: 'bulk', from: 0, to: MESSAGES - 1 }));
    await query(stage.url, 'VACUUM ANALYZE communication_message');
    for (const delayMs of DELAYS_MS) await compare(database, { stage, delayMs, options });
  }
}

async function compare(database, { stage, delayMs, options }) {
  const stub = await startProgram('batches/stub.mjs', { DELAY_MS: String(delayMs) });
  const rates = SIZES.map(() => []);
  const urgent = SIZES.map(() => []);
  const calls = SIZES.map(() => 0);
  for (let round = 0; round < ROUNDS; round++)
    for (const [index, size] of SIZES.entries()) {
      const url = await database.create('batches_run', stage.name);
      const before = await callsOf(stub);
      const { seconds, otpMs } = await sendAll(url, { stage, size, stubUrl: stub.line, options });
      rates[index].push(MESSAGES / seconds);
      urgent[index].push(...otpMs);
      calls[index] = (await callsOf(stub)) - before;
      await database.drop('batches_run');
    }
  await stub.stop();
  const heading = [
    `${stage.providerType}, answers after ${delayMs} ms`,
    'calls',
    'mails/s',
    'x one a call',
    'otp p50 ms',
    'otp p99 ms',
  ];
  const rows = SIZES.map((size, index) => [
    size === 1 ? 'one a call' : `up to ${size} a call`,
    calls[index],
    whole(median(rates[index])),
    pairedRatio(rates[index], rates[0]).toFixed(2),
    ...[0.5, 0.99].map((q) =>
      whole(
        quantile(
          urgent[index].sort((a, b) => a - b),
          q,
        ),
      ),
    ),
  ]);
  console.log(table([heading, ...rows]));
  console.log();
}

async function callsOf(stub) {
  return Number(await (await fetch(`${stub.line}/calls`)).text());
}

/**
 * Seconds from the first intent to call to the last result, by Carillon's own rows, and from storing to intent, in milliseconds,
 * of one-time passwords that were asked for meanwhile.
 */
async function sendAll(url, { stage, size, stubUrl, options }) {
  await query(url, 'CHECKPOINT');
  const env = {
    ROLE: 'worker',
    WORKER_BATCH_SIZE: String(size),
    [`PROVIDER_URL_${stage.providerType.toUpperCase()}`]: stubUrl,
  };
  const worker = await startCarillon(url, env, options);
  for (let waited = 0; (await query(url, WAITING))[0].waiting; waited++) {
    if (waited > 5_000) throw new Error('the worker did not send everything within some minutes');
    await query(url, queuedMails(stage, { lane: 'otp', from: MESSAGES + waited, to: MESSAGES + waited }));
    await pause(50);
  }
  await worker.stop();
  const [{ seconds }] = await query(url, TOOK);
  return { seconds, otpMs: (await query(url, OTP)).map(({ ms }) => ms) };
}

const WAITING = `SELECT EXISTS (SELECT 1 FROM communication_message WHERE lane = 'bulk' AND status IN ('QUEUED', 'SENDING')) AS waiting`;
const ATTEMPTS = `message_attempt a JOIN communication_message m ON m.tenant_id = a.tenant_id AND m.id = a.message_id`;
const TOOK = `SELECT extract(epoch FROM max(a.settled_at) - min(a.dispatched_at))::float8 AS seconds FROM ${ATTEMPTS} WHERE m.lane = 'bulk'`;
const OTP = `SELECT extract(epoch FROM a.dispatched_at - m.created_at)::float8 * 1000 AS ms FROM ${ATTEMPTS} WHERE m.lane = 'otp'`;

/** A letter of some 3 KB with the person's name at the top and their own link at the bottom. */
function queuedMails({ tenantId, channelId, channelType, providerType, from: sender }, { lane, from, to }) {
  const middle = Array.from(
    { length: 40 },
    (_, n) => `<p>Paragraph ${n} of what is new this month, the same for all.</p>`,
  ).join('\n');
  return `
    INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type, direction,
      lane, purpose, from_address, to_address, message_type, content, delivery, status)
    SELECT '${tenantId}', bench_id('8003', n), bench_id('8002', n % ${RECIPIENTS}), bench_id('8001', n % ${RECIPIENTS}), '${channelId}',
      '${channelType}', '${providerType}', 'OUTBOUND', '${lane}', 'TRANSACTIONAL', '${sender}',
      bench_address('${channelType}', n % ${RECIPIENTS}), 'HTML',
      jsonb_build_object('subject', 'Person ' || n || ', this is new', 'html', '<h1>Dear Person ' || n || ',</h1>' || '\n${middle}\n'
        || '<a href="https://acme.example/leave/' || n || '">Leave</a>'),
      'at_least_once', 'QUEUED'
    FROM generate_series(${from}, ${to}) n`;
}
