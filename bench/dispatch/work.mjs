// What every contestant does with one message: the call that a provider needs, and the mark that it was sent.
import { createRequire } from 'node:module';
import pg from 'pg';
import { Pool } from 'undici';

const require = createRequire(import.meta.url);
const { Batcher } = require('../../dist/src/platform/work/batcher.js');

const { DATABASE_URL, STUB_URL, TENANT, SHAPE } = process.env;

/** Provider calls at once, as WORKER_CONCURRENCY says it for Carillon. */
export const AT_ONCE = 100;

/** Connections of a contestant; Carillon has as many. */
export const POOL_SIZE = 10;

const provider = new Pool(STUB_URL, { connections: AT_ONCE, pipelining: 1 });
export const database = new pg.Pool({ connectionString: DATABASE_URL, max: POOL_SIZE });
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

/** Makes the call and answers the provider's id of the message. */
export async function call(message) {
  const { statusCode, headers, body } = await provider.request({ method: 'POST', ...REQUESTS[SHAPE](message) });
  const answer = await body.text();
  if (statusCode >= 300) throw new Error(`the stub answered ${statusCode}`);
  return SHAPE === 'twilio' ? JSON.parse(answer).sid : headers['x-message-id'];
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

/** Marks that wait at the same moment share a commit: what a queue that hands out single jobs needs to keep up. */
export const marks = new Batcher(mark, { maxSize: 200, inFlight: 2, worthSecond: 1 });

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
