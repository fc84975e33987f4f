// What every contestant does with one message: the call that a provider needs, and the mark that it was sent.
import { createRequire } from 'node:module';
import pg from 'pg';
import { Pool } from 'undici';
import { CHANNELS } from '../lab/stage.mjs';

const require = createRequire(import.meta.url);
const { Batcher } = require('../../dist/src/platform/work/batcher.js');
const { settleMessages } = require('../../dist/src/messages/dispatch/settle.queries.js');
const { createHttpClient } = require('../../dist/src/platform/egress/http-client.js');
const { findProvider } = require('../../dist/src/providers/registry.js');

const { DATABASE_URL, STUB_URL, TENANT, CHANNEL, SHAPE, RECORD } = process.env;

/** Messages at work at once, from before their intent until after their result, as WORKER_CONCURRENCY says it for Carillon. */
export const AT_ONCE = Number(process.env.AT_ONCE);

/** Connections of a contestant; Carillon has as many. */
export const POOL_SIZE = 10;

const provider = new Pool(STUB_URL, { connections: AT_ONCE, pipelining: 1 });
export const database = new pg.Pool({
  connectionString: DATABASE_URL,
  max: POOL_SIZE,
  options: '-c enable_seqscan=off -c jit=off',
});
const complain = (error) => console.error(error);
database.on('error', complain);
database.on('connect', (client) => client.on('error', complain));

const REQUESTS = {
  twilio: ({ to, text }) => ({
    path: '/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json',
    headers: {
      authorization: 'Basic QUM6MA==',
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    },
    body: new URLSearchParams({ To: to, From: '+15005550006', Body: text }).toString(),
  }),
  sendgrid: ({ id, to, subject, text }) => ({
    path: '/v3/mail/send',
    headers: { authorization: 'Bearer SG.0', 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify({
      from: { email: 'hello@example.com' },
      subject,
      personalizations: [{ to: [{ email: to }], custom_args: { ref: id } }],
      content: [{ type: 'text/plain', value: text }],
    }),
  }),
};

/** Makes the bare call and answers the provider's id of the message. */
export async function call(message) {
  const { statusCode, headers, body } = await provider.request({ method: 'POST', ...REQUESTS[SHAPE](message) });
  const answer = await body.text();
  if (statusCode >= 300) throw new Error(`the stub answered ${statusCode}`);
  return SHAPE === 'twilio' ? JSON.parse(answer).sid : headers['x-message-id'];
}

const account = {
  tenantId: TENANT,
  channelId: CHANNEL,
  ...CHANNELS[SHAPE],
  settings: {},
  webhookSecret: 's',
  baseUrl: STUB_URL,
};
const client = createHttpClient();
const io = { http: (request) => client.http(request), now: () => new Date() };

/** Makes the call as Carillon makes it: the SDK builds it, the same client carries it. */
async function callThroughSdk({ id, to, subject, text }) {
  const message = {
    messageId: id,
    ref: `${id}.1`,
    channelType: account.channelType,
    messageType: 'TEXT',
    to,
    content: { subject, text },
    purpose: 'TRANSACTIONAL',
  };
  const result = await findProvider(SHAPE).send(message, account, io);
  if (result.outcome !== 'ACCEPTED') throw new Error(JSON.stringify(result));
  return result.providerMessageId;
}

const MARK = {
  name: 'mark',
  text: `UPDATE communication_message m SET status = 'SENT', status_at = now(), sent_at = now(), provider_message_id = d.sid
    FROM unnest($2::uuid[], $3::text[]) AS d(id, sid) WHERE m.tenant_id = $1 AND m.id = d.id`,
};

/** Marks up to 200 messages as sent in one commit. */
export async function mark(sent) {
  await database.query({ ...MARK, values: [TENANT, sent.map(({ id }) => id), sent.map(({ sid }) => sid)] });
  return sent.map(() => undefined);
}

const BATCH = { maxSize: 200, inFlight: 2, worthSecond: 64 };
const marks = new Batcher(mark, BATCH);
const intents = new Batcher(intend, BATCH);
const results = new Batcher(settle, BATCH);

/**
 * The whole work on one message, with commits shared among messages that wait at the same moment. RECORD=mark: the call, then
 * the mark. RECORD=attempt: the same work as Carillon's, which is the gate and the intent before the call, the call through the
 * provider's SDK, attempt and message after it.
 */
export async function deliver(message) {
  if (RECORD !== 'attempt') return marks.add({ id: message.id, sid: await call(message) });
  const fence = await intents.add(message);
  return results.add({ id: message.id, fence, sid: await callThroughSdk(message) });
}

/** The job is taken by the queue; here the message is taken too, asked whether it may go, and its attempt written down. */
const INTENT = {
  name: 'intent',
  text: `WITH held AS (
      UPDATE communication_message m SET status = 'SENDING', lease_token = m.lease_token + 1, lease_owner = $3,
        lease_until = now() + interval '60 seconds'
      FROM unnest($2::uuid[]) AS w(id) WHERE m.tenant_id = $1 AND m.id = w.id AND m.status = 'QUEUED'
      RETURNING m.id, m.lease_token, m.channel_id, m.channel_type, m.contact_id, m.to_address, m.purpose, m.topic, m.expires_at
    ), free AS (
      SELECT h.id, h.lease_token FROM held h
      JOIN tenant t ON t.id = $1 AND t.status = 'ACTIVE'
      JOIN communication_channel c ON c.tenant_id = $1 AND c.id = h.channel_id AND c.status = 'ACTIVE' AND c.deleted_at IS NULL
      LEFT JOIN contact_communication_preference p ON p.tenant_id = $1 AND p.contact_id = h.contact_id
      WHERE (h.expires_at IS NULL OR h.expires_at > now()) AND p.do_not_contact IS NOT TRUE
        AND (p.channels -> h.channel_type ->> 'allowed') IS DISTINCT FROM 'false'
        AND (p.topics -> h.topic ->> h.channel_type) IS DISTINCT FROM 'false'
        AND NOT EXISTS (SELECT 1 FROM suppression s WHERE s.tenant_id = $1 AND s.channel_type = h.channel_type
          AND s.address = h.to_address AND s.lifted_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > now())
          AND s.purpose IN ('ALL', h.purpose))
    ), intent AS (
      INSERT INTO message_attempt (tenant_id, message_id, attempt_no, fence, worker_id)
      SELECT $1, id, 1, lease_token, $3 FROM free
    )
    SELECT id, lease_token AS fence FROM free`,
};
const WORKER = '01900000-0000-7000-8000-000000000001';

async function intend(messages) {
  const { rows } = await database.query({ ...INTENT, values: [TENANT, messages.map(({ id }) => id), WORKER] });
  const fences = new Map(rows.map(({ id, fence }) => [id, fence]));
  return messages.map(({ id }) => fences.get(id));
}

const sql = { query: async (text, values) => (await database.query({ name: 'settle', text, values })).rows };

async function settle(sent) {
  const settlements = sent.map(({ id, fence, sid }) => ({
    ...{
      tenantId: TENANT,
      id,
      channelId: CHANNEL,
      fence,
      attempt: 1,
      outcome: 'ACCEPTED',
      fault: null,
      status: 'SENT',
    },
    ...{ reason: null, waitMs: null, counts: false, dead: false, providerMessageId: sid, parts: 1, cost: null },
  }));
  await settleMessages(sql, settlements);
  return sent.map(() => undefined);
}

/** The messages of the run, as jobs. */
export async function loadMessages() {
  const { rows } = await database.query(
    `SELECT id, to_address AS "to", content ->> 'subject' AS subject, content ->> 'text' AS text
     FROM communication_message WHERE tenant_id = $1 AND status = 'QUEUED' ORDER BY seq`,
    [TENANT],
  );
  return rows;
}

let begunAt = 0;

/** The queue is full and on disk: the clock starts when the work does. */
export async function begin() {
  await database.query('CHECKPOINT');
  begunAt = performance.now();
}

/** Everything is called, marked and off the queue. Tells the parent how long it took. */
export function finish() {
  console.log(JSON.stringify({ seconds: (performance.now() - begunAt) / 1000 }));
  process.exit(0);
}
