import { setTimeout as pause } from 'node:timers/promises';
import { query } from '../lab/database.mjs';
import { table, whole } from '../lab/figures.mjs';
import { API_KEY, rssOf, runProgram, startCarillon, startProgram } from '../lab/processes.mjs';
import { makeStage } from '../lab/stage.mjs';

/** Contacts of the segment; `ROWS=1000000` for the full form. */
const ROWS = Number(process.env.ROWS ?? 200_000);
/** Messages of the races; each is a new person. */
const MESSAGES = Number(process.env.MESSAGES ?? 20_000);
const LOOK_MS = 200;

/**
 * A bulk send to a segment of a million contacts: how fast its audience is frozen beside one INSERT … SELECT of the same rows, how soon
 * the first is written to, and how fast it goes beside messages that are queued already.
 */
export async function campaign(database, options) {
  const stub = await startProgram('batches/stub.mjs', { DELAY_MS: '0' });
  const stage = await makeStage(database, 'campaign_stage', 'sendgrid');
  await query(stage.url, contacts(stage, ROWS));
  await query(stage.url, 'VACUUM ANALYZE contact, contact_identity');
  try {
    await audience(database, { stage, stub, options });
    await race(database, { stage, stub, options });
  } finally {
    await stub.stop();
  }
}

async function audience(database, { stage, stub, options }) {
  const url = await database.create('campaign_run', stage.name);
  const [own, plain] = [bulkSend(stage, 1, { rate: 1 }), bulkSend(stage, 2, { status: 'DRAFT' })];
  await query(url, plain.insert);
  const [{ seconds: direct }] = await timed(url, insertSelect(stage, plain.id));
  const worker = await start(url, stub, options);
  const before = rssOf(worker.pid);
  await query(url, own.insert);
  let most = before;
  for (let ready = false; !ready; await pause(100)) {
    most = Math.max(most, rssOf(worker.pid));
    [{ ready }] = await query(
      url,
      `SELECT prepared_at IS NOT NULL AS ready FROM bulk_message_campaign WHERE id = '${own.id}'`,
    );
  }
  const [{ seconds, first, rows }] = await query(
    url,
    `SELECT extract(epoch FROM prepared_at - started_at)::float8 AS seconds,
       (SELECT count(*)::int FROM bulk_message_recipient r WHERE r.campaign_id = b.id) AS rows,
       (SELECT extract(epoch FROM min(a.dispatched_at) - b.started_at)::float8 FROM message_attempt a
        JOIN communication_message m ON m.tenant_id = a.tenant_id AND m.id = a.message_id WHERE m.campaign_id = b.id) AS first
     FROM bulk_message_campaign b WHERE id = '${own.id}'`,
  );
  await worker.stop();
  await database.drop('campaign_run');
  const heading = [
    'audience',
    'recipients',
    'rows/s',
    'one INSERT … SELECT',
    'ratio',
    'first dispatch after',
    'memory',
  ];
  const row = [
    `a segment of ${whole(ROWS)}`,
    whole(rows),
    whole(rows / seconds),
    `${whole(rows / direct)}/s`,
    (direct / seconds).toFixed(2),
    `${first.toFixed(1)} s`,
    `+ ${whole(most - before)} MiB`,
  ];
  console.log(table([heading, row]));
  console.log();
}

/** The same mails as a bulk send and as messages that wait in the queue; batches off and on. */
async function race(database, { stage, stub, options }) {
  const rows = [];
  for (const size of ['1', '500']) {
    const queued = await run(database, { stage, stub, options, size, begin: (url) => query(url, queuedMails(stage)) });
    const asked = await run(database, { stage, stub, options, size, begin: (_, app) => askOneByOne(stage, app) });
    const asBulk = await run(database, {
      ...{ stage, stub, options, size },
      begin: (url) => query(url, bulkSend(stage, 3, { limit: MESSAGES }).insert),
    });
    rows.push([
      size === '1' ? 'one a call' : `up to ${size} a call`,
      whole(queued.rate),
      whole(asked.rate),
      whole(asBulk.rate),
      (asBulk.rate / queued.rate).toFixed(2),
      (asBulk.rate / asked.rate).toFixed(2),
    ]);
  }
  const heading = ['0 ms stub', 'already queued/s', 'POST /messages each/s', 'bulk send/s', 'to queued', 'to POST'];
  console.log(table([heading, ...rows]));
  console.log();
}

/** Every message asked for by itself, as fast as it is answered, while the same process sends them. */
async function askOneByOne({ channelId }, app) {
  const { statuses } = await runProgram('accept/load.mjs', {
    URL: `${app.url}/api/v1/communication/messages`,
    KEY: API_KEY,
    CONNECTIONS: '64',
    COUNT: String(MESSAGES),
    RECIPIENTS: String(MESSAGES),
    MESSAGE: '../campaign/mail.mjs',
    CHANNEL_ID: channelId,
  });
  if (statuses[202] < MESSAGES) throw new Error(`POST /messages answered ${JSON.stringify(statuses)}`);
}

async function run(database, { stage, stub, options, size, begin }) {
  const url = await database.create('campaign_run', stage.name);
  const worker = await start(url, stub, options, size);
  await begin(url, worker);
  const done = `SELECT count(*)::int AS n FROM communication_message WHERE lane = 'bulk' AND status = 'SENT'`;
  for (let n = 0, looks = 0; n < MESSAGES; looks++) {
    if (looks > 3_000) throw new Error('the worker did not send everything within ten minutes');
    await pause(LOOK_MS);
    [{ n }] = await query(url, done);
  }
  await worker.stop();
  const attempts = `message_attempt a JOIN communication_message m ON m.tenant_id = a.tenant_id AND m.id = a.message_id`;
  const [{ seconds }] = await query(
    url,
    `SELECT extract(epoch FROM max(a.settled_at) - min(a.dispatched_at))::float8 AS seconds FROM ${attempts} WHERE m.lane = 'bulk'`,
  );
  await database.drop('campaign_run');
  return { rate: MESSAGES / seconds };
}

function start(url, stub, options, size = '1') {
  return startCarillon(
    url,
    { ROLE: 'all', RATE_LIMIT_PER_MINUTE: '999999999', WORKER_BATCH_SIZE: size, PROVIDER_URL_SENDGRID: stub.line },
    options,
  );
}

async function timed(url, text) {
  const before = performance.now();
  await query(url, text);
  return [{ seconds: (performance.now() - before) / 1000 }];
}

const contacts = ({ tenantId, channelType }, rows) => `
  INSERT INTO contact (tenant_id, id, attributes)
    SELECT '${tenantId}', bench_id('8101', n), '{"in":"yes"}' FROM generate_series(1, ${rows}) n;
  INSERT INTO contact_identity (tenant_id, channel_type, address, contact_id)
    SELECT '${tenantId}', '${channelType}', 'member-' || n || '@example.com', bench_id('8101', n) FROM generate_series(1, ${rows}) n`;

/** A bulk send as POST /bulk-send and start leave it; with a limit, to so many of the contacts. */
function bulkSend({ tenantId, channelId }, number, { rate = null, status = 'PREPARING', limit = null }) {
  const id = `01900000-0000-7000-8200-00000000000${number}`;
  const all = [{ field: 'attributes.in', op: 'eq', value: 'yes' }];
  const segment = limit === null ? `'${JSON.stringify({ all })}'` : 'NULL';
  const named =
    limit === null
      ? ''
      : `INSERT INTO bulk_message_recipient (tenant_id, campaign_id, recipient_key)
         SELECT '${tenantId}', '${id}', 'member-' || n || '@example.com' FROM generate_series(1, ${String(limit)}) n;`;
  const insert = `
    INSERT INTO bulk_message_campaign (tenant_id, id, name, channel_id, content, purpose, status, segment, rate_per_second)
    VALUES ('${tenantId}', '${id}', 'Bench', '${channelId}', '{"subject":"News","html":"<p>All that is new.</p>"}', 'MARKETING',
      'DRAFT', ${segment}, ${rate === null ? 'NULL' : String(rate)});
    ${named}
    UPDATE bulk_message_campaign SET status = '${status}', started_at = clock_timestamp() WHERE id = '${id}'`;
  return { id, insert };
}

/** The very rows that a segment makes, by nothing but one statement. */
const insertSelect = ({ tenantId, channelType }, id) => `
  INSERT INTO bulk_message_recipient (tenant_id, campaign_id, recipient_key, contact_id, status)
  SELECT c.tenant_id, '${id}', i.address, c.id, 'PENDING' FROM contact c
  JOIN contact_identity i ON i.tenant_id = c.tenant_id AND i.contact_id = c.id AND i.channel_type = '${channelType}'
  WHERE c.tenant_id = '${tenantId}' AND c.attributes -> 'in' = '"yes"'`;

const queuedMails = ({ tenantId, channelId, channelType, providerType, from }) => `
  INSERT INTO communication_session (tenant_id, id, channel_id, channel_type, contact_id, counterpart, direction, status)
    SELECT '${tenantId}', bench_id('8102', n), '${channelId}', '${channelType}', bench_id('8101', n),
      'member-' || n || '@example.com', 'OUTBOUND', 'INITIATED' FROM generate_series(1, ${MESSAGES}) n;
  INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type, direction, lane,
    purpose, from_address, to_address, message_type, content, delivery, status)
    SELECT '${tenantId}', bench_id('8103', n), bench_id('8102', n), bench_id('8101', n), '${channelId}', '${channelType}',
      '${providerType}', 'OUTBOUND', 'bulk', 'MARKETING', '${from}', 'member-' || n || '@example.com', 'HTML',
      '{"subject":"News","html":"<p>All that is new.</p>"}', 'at_least_once', 'QUEUED' FROM generate_series(1, ${MESSAGES}) n`;
