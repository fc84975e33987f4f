import { query } from '../lab/database.mjs';
import { median, table, whole } from '../lab/figures.mjs';
import { API_KEY, startCarillon } from '../lab/processes.mjs';
import { makeStage, RECIPIENTS } from '../lab/stage.mjs';

const SIZES = (process.env.STATS_SIZES ?? '1000000,10000000').split(',').map(Number);
const ASKS = 15;
const WARM_UP = 3;
const ZONE = 'Europe/Berlin';

/** Two years of messages of one tenant, up to yesterday, so that no question has a quarter that is still written. */
const BEGIN = new Date(Date.now() - 731 * 86_400_000).toISOString().slice(0, 10);
const END = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const MONTH = new Date(Date.now() - 31 * 86_400_000).toISOString().slice(0, 10);

const QUESTIONS = [
  ['30 days by day', `from=${MONTH}T00:00:00Z&to=${END}T00:00:00Z&groupBy=day`],
  ['2 years by day', `from=${BEGIN}T00:00:00Z&to=${END}T00:00:00Z&groupBy=day`],
  ['2 years by channel', `from=${BEGIN}T00:00:00Z&to=${END}T00:00:00Z&groupBy=channel`],
  ['2 years by template', `from=${BEGIN}T00:00:00Z&to=${END}T00:00:00Z&groupBy=template`],
  ['2 years by campaign', `from=${BEGIN}T00:00:00Z&to=${END}T00:00:00Z&groupBy=campaign`],
  ['2 years by day in Kolkata', `from=${BEGIN}T00:00:00Z&to=${END}T00:00:00Z&groupBy=day&timezone=Asia/Kolkata`],
];

/** What GET /stats takes with ever more messages of the same two years, over HTTP, all from roll-ups. */
export async function stats(database) {
  const stage = await makeStage(database, 'stats_stage', 'sendgrid');
  const tables = [];
  for (const size of SIZES) tables.push(await fillAndCount(database, stage, size));
  // In turns, so that what the machine does meanwhile meets all of them.
  const apps = [];
  for (const { url } of tables) apps.push(await startCarillon(url, { ROLE: 'api' }));
  for (const [question, [, words]] of QUESTIONS.entries()) {
    const times = tables.map(() => []);
    for (let n = 0; n < WARM_UP + ASKS; n++)
      for (const [index, app] of apps.entries()) times[index].push(await timeOf(app.url, words));
    for (const [index, each] of times.entries()) tables[index].times[question] = median(each.slice(WARM_UP));
  }
  for (const app of apps) await app.stop();
  const [least] = tables;
  const heading = ['GET /stats', ...tables.map(({ size }) => `${whole(size)} ms`), 'last / first'];
  const rows = QUESTIONS.map(([name], question) => [
    name,
    ...tables.map(({ times }) => times[question].toFixed(1)),
    (tables.at(-1).times[question] / least.times[question]).toFixed(2),
  ]);
  console.log(table([heading, ...rows]));
  const facts = ({ size, seconds, quarters, days }) => [
    whole(size),
    whole(size / seconds),
    whole(quarters),
    whole(days),
  ];
  console.log(table([['messages', 'rolled up/s', 'lines of quarters', 'lines of days'], ...tables.map(facts)]));
}

async function fillAndCount(database, stage, size) {
  const url = await database.create(`stats_${size}`, stage.name);
  await fill(url, stage, size);
  const seconds = await rollUp(url);
  const count = async (name) => Number((await query(url, `SELECT count(*) AS n FROM ${name}`))[0].n);
  const [quarters, days] = [await count('analytics_quarter'), await count('communication_analytics')];
  return { url, size, seconds, quarters, days, times: [] };
}

async function timeOf(url, question) {
  const begin = performance.now();
  const answer = await fetch(`${url}/api/v1/communication/stats?${question}`, {
    headers: { authorization: `Bearer ${API_KEY}` },
  });
  const { total } = await answer.json();
  if (!(total?.sent > 0)) throw new Error(`${question} answered ${answer.status} without figures`);
  return performance.now() - begin;
}

/** Has a worker count all that is due; answers how many seconds it took. */
async function rollUp(url) {
  await query(url, 'DELETE FROM analytics_due');
  await query(
    url,
    `INSERT INTO analytics_due (tenant_id, at)
    SELECT DISTINCT tenant_id, date_bin('15 minutes', created_at, timestamptz '2000-01-01Z') FROM communication_message`,
  );
  const begin = performance.now();
  const app = await startCarillon(url, { ROLE: 'worker' });
  while ((await query(url, 'SELECT 1 FROM analytics_due LIMIT 1')).length)
    await new Promise((resolve) => setTimeout(resolve, 500));
  const seconds = (performance.now() - begin) / 1000;
  await app.stop();
  await query(url, 'VACUUM ANALYZE analytics_quarter, analytics_total, communication_analytics');
  return seconds;
}

/**
 * Messages of four channels, twenty templates and a campaign a week; one in fifty is an answer of a person, most were delivered
 * and some opened and paid for. Without the checks of foreign keys, which they would pass, and without waiting for the disk.
 */
async function fill(url, { tenantId, channelId, channelType, providerType, from }, count) {
  await query(url, `UPDATE tenant SET timezone = '${ZONE}'`);
  await query(
    url,
    `INSERT INTO communication_channel SELECT (jsonb_populate_record(c, jsonb_build_object('id', bench_id('8009', n),
      'name', 'Bench ' || n, 'account_key', 'bench-' || n, 'webhook_key', 'bench-' || n, 'is_default', false))).*
    FROM communication_channel c, generate_series(1, 3) n WHERE c.id = '${channelId}'`,
  );
  await query(
    url,
    `SET session_replication_role = replica; SET synchronous_commit = off;
    UPDATE communication_session SET last_inbound_at = now();
    INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type, direction,
      lane, purpose, from_address, to_address, message_type, content, delivery, status, created_at, sent_at, delivered_at, opened_at,
      template_id, campaign_id, cost_amount, cost_currency, attempts)
    SELECT '${tenantId}', (lpad(to_hex((extract(epoch FROM t) * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
      bench_id('8002', n % ${RECIPIENTS}), bench_id('8001', n % ${RECIPIENTS}),
      CASE n % 4 WHEN 0 THEN '${channelId}'::uuid ELSE bench_id('8009', n % 4) END, '${channelType}', '${providerType}',
      CASE WHEN n % 50 = 7 THEN 'INBOUND' ELSE 'OUTBOUND' END, 'bulk', 'MARKETING', '${from}', 'person@example.com', 'TEXT',
      '{"text":"Your order has left our warehouse."}', 'at_least_once', CASE WHEN n % 50 = 7 THEN 'RECEIVED' ELSE 'DELIVERED' END,
      t, t, CASE WHEN n % 50 <> 7 AND n % 9 > 0 THEN t END, CASE WHEN n % 50 <> 7 AND n % 9 > 5 THEN t END,
      bench_id('800a', n % 20), CASE WHEN n % 3 > 0 THEN bench_id('800b', extract(epoch FROM t)::bigint / 604800) END,
      CASE WHEN n % 5 = 0 THEN 0.0075 END, CASE WHEN n % 5 = 0 THEN 'USD' END, 1
    FROM generate_series(1, ${count}) n,
      LATERAL (SELECT timestamptz '${BEGIN}' + n * ((timestamptz '${END}' - timestamptz '${BEGIN}') / ${count})) AS at (t)`,
  );
  await query(url, 'VACUUM ANALYZE communication_message');
}
