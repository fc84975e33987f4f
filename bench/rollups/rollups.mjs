import { createRequire } from 'node:module';
import { query } from '../lab/database.mjs';
import { whole } from '../lab/figures.mjs';
import { makeStage, RECIPIENTS } from '../lab/stage.mjs';
import { startCarillon } from '../lab/processes.mjs';
import { openTenantDb, sentMessages } from '../lab/tenant.mjs';

const require = createRequire(import.meta.url);
const { EventsTogether } = require('../../dist/src/messages/events/events-together.js');

const EVENTS = Number(process.env.ROLLUP_EVENTS ?? 1_000_000);
const MESSAGES = Math.round(EVENTS * 0.4);
const COPIES = Math.round(EVENTS * 0.1);
const BATCH = 1_000;
const KINDS = ['SENT', 'DELIVERED', 'DELIVERED', 'READ', 'FAILED', 'OPENED', 'CLICKED'];

/**
 * Events of a provider in no order and some of them twice, for messages of thirty days, while a worker rolls up beside them; then
 * every quarter and day is compared with a recount of all messages in one statement.
 */
export async function rollups(database) {
  const stage = await makeStage(database, 'rollups', 'sendgrid');
  const { url, tenantId } = stage;
  await query(url, `UPDATE tenant SET timezone = 'Europe/Berlin'`);
  await query(url, sentMessages(stage, { count: MESSAGES, people: RECIPIENTS, days: 30 }));
  await query(
    url,
    `INSERT INTO analytics_due (tenant_id, at)
    SELECT DISTINCT tenant_id, date_bin('15 minutes', created_at, timestamptz '2000-01-01Z') FROM communication_message`,
  );
  await query(url, 'VACUUM ANALYZE communication_message');
  const ids = (await query(url, 'SELECT id FROM communication_message')).map(({ id }) => id);
  const worker = await startCarillon(url, { ROLE: 'worker' });
  const { db, close } = await openTenantDb(url);
  const begin = performance.now();
  for (let done = 0; done < EVENTS + COPIES; done += BATCH) {
    const events = Array.from({ length: BATCH }, (_, n) => eventOf(ids, numberOf(done + n)));
    await db.run(tenantId, (tx) => new EventsTogether().apply(tx, stage.channelId, events));
  }
  const seconds = (performance.now() - begin) / 1000;
  while ((await query(url, 'SELECT 1 FROM analytics_due LIMIT 1')).length)
    await new Promise((resolve) => setTimeout(resolve, 1000));
  const settled = (performance.now() - begin) / 1000 - seconds;
  await close();
  await worker.stop();
  const [{ events }] = await query(url, 'SELECT count(*) AS events FROM message_event');
  const [quarters] = await query(
    url,
    differences(`date_bin('15 minutes', created_at, timestamptz '2000-01-01Z')`, 'analytics_quarter', 'at'),
  );
  const [days] = await query(
    url,
    differences(`(created_at AT TIME ZONE 'Europe/Berlin')::date`, 'communication_analytics', 'day'),
  );
  console.log(
    `${whole(EVENTS)} events and ${whole(COPIES)} copies, shuffled, for ${whole(MESSAGES)} messages: ${whole((EVENTS + COPIES) / seconds)}/s`,
  );
  console.log(`stored once each: ${whole(Number(events))}; rolled up ${settled.toFixed(1)} s after the last of them`);
  console.log(`quarters and templates compared: ${whole(Number(quarters.compared))}, different: ${quarters.different}`);
  console.log(`days and templates compared: ${whole(Number(days.compared))}, different: ${days.different}`);
  if (Number(quarters.different) + Number(days.different) > 0) throw new Error('Roll-ups differ from a recount');
}

/** Every number once in a scattered order, and the first of them again at random places behind. */
function numberOf(place) {
  if (place >= EVENTS) return Math.floor(Math.random() * EVENTS);
  return (place * 611_953 + 7) % EVENTS; // a prime: it visits all
}

function eventOf(ids, number) {
  const id = ids[(number * 7_919) % ids.length];
  const kind = KINDS[(number * 31) % KINDS.length];
  const base = {
    eventKey: `event-${number}`,
    ref: `${id}.1`,
    at: new Date(Date.parse('2026-11-01T00:00:00Z') + (number % 1_000_000) * 1000),
  };
  if (kind === 'OPENED' || kind === 'CLICKED') return { kind: 'engagement', action: kind, ...base };
  const cost = number % 10 === 0 ? { cost: { amount: '0.0075', currency: 'USD' } } : {};
  return { kind: 'status', status: kind, ...base, ...cost };
}

const differences = (place, rolledUp, column) => `
  WITH exact AS (
    SELECT ${place} AS place, template_id, count(*) AS sent,
      count(*) FILTER (WHERE num_nonnulls(delivered_at, read_at, opened_at, clicked_at) > 0) AS delivered,
      count(read_at) AS read, count(*) FILTER (WHERE status = 'FAILED') AS failed, count(opened_at) AS opened,
      count(clicked_at) AS clicked, coalesce(sum(cost_amount), 0) AS cost
    FROM communication_message GROUP BY 1, 2),
  rolled AS (
    SELECT ${column} AS place, template_id, sum(sent) AS sent, sum(delivered) AS delivered, sum(read) AS read,
      sum(failed) AS failed, sum(opened) AS opened, sum(clicked) AS clicked, sum(cost_amount) AS cost
    FROM ${rolledUp} GROUP BY 1, 2)
  SELECT count(*) AS compared, count(*) FILTER (WHERE
    (e.sent, e.delivered, e.read, e.failed, e.opened, e.clicked, e.cost) IS DISTINCT FROM
    (r.sent, r.delivered, r.read, r.failed, r.opened, r.clicked, r.cost)) AS different
  FROM exact e FULL JOIN rolled r ON r.place = e.place AND r.template_id = e.template_id`;
