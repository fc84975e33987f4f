import { createRequire } from 'node:module';
import { query } from '../lab/database.mjs';
import { pairedRatio, median, ROUNDS, table, whole } from '../lab/figures.mjs';
import { makeStage, RECIPIENTS } from '../lab/stage.mjs';
import { openTenantDb, sentMessages } from '../lab/tenant.mjs';

const require = createRequire(import.meta.url);
const { EventsTogether } = require('../../dist/src/messages/events/events-together.js');
const { MessageEvents } = require('../../dist/src/messages/events/message-events.js');

const EVENTS = Number(process.env.INGEST_EVENTS ?? 100_000);
const BATCH = 1_000;
/** One by one takes its time: fewer say the same. */
const ALONE = Math.min(EVENTS, 5_000);

/**
 * Delivery reports of a provider, each for another message, in calls of 1,000: stored once each, beside their messages, and the
 * messages moved. Against one UPDATE … FROM unnest that only moves the same messages, under the same login and with the same triggers.
 */
export async function ingest(database) {
  const stage = await makeStage(database, 'ingest_stage', 'sendgrid');
  await query(stage.url, sentMessages(stage, { count: EVENTS, people: RECIPIENTS, days: 30 }));
  await query(stage.url, 'VACUUM ANALYZE communication_message');
  const ways = { update: [], together: [], alone: [] };
  for (let round = 0; round < ROUNDS; round++)
    for (const [way, results] of Object.entries(ways)) {
      const name = `ingest_${way}_${round}`;
      results.push(await WAYS[way](await database.create(name, stage.name), stage));
      await database.drop(name);
      await database.settle();
    }
  console.log(
    table([
      [`${whole(EVENTS)} delivery reports`, 'events/s', 'of the UPDATE'],
      ...Object.entries(ways).map(([way, results]) => [
        NAMES[way],
        whole(median(results)),
        pairedRatio(results, ways.update).toFixed(2),
      ]),
    ]),
  );
}

const NAMES = {
  update: 'one UPDATE … FROM unnest, nothing stored',
  together: `Carillon, ${whole(BATCH)} a call`,
  alone: `Carillon, one a call (${whole(ALONE)})`,
};

const WAYS = {
  update: (url, stage) =>
    timed(
      url,
      stage,
      EVENTS,
      async (tx, ids) => {
        await tx.query(
          `UPDATE communication_message m SET status = 'DELIVERED', status_at = e.at, delivered_at = e.at
      FROM unnest($2::uuid[], $3::timestamptz[]) AS e(id, at) WHERE m.tenant_id = $1 AND m.id = e.id`,
          [stage.tenantId, ids, ids.map(() => new Date())],
        );
      },
      EVENTS,
    ),
  together: (url, stage) =>
    timed(url, stage, EVENTS, (tx, ids) => new EventsTogether().apply(tx, stage.channelId, ids.map(delivered)), BATCH),
  alone: (url, stage) =>
    timed(url, stage, ALONE, (tx, ids) => new MessageEvents().status(tx, stage.channelId, delivered(ids[0])), 1),
};

function delivered(id) {
  return { kind: 'status', eventKey: `delivered-${id}`, status: 'DELIVERED', at: new Date(), ref: `${id}.1` };
}

/** Events a second, committed after each call. */
async function timed(url, { tenantId }, count, work, batch) {
  const rows = await query(url, `SELECT id FROM communication_message ORDER BY md5(id::text) LIMIT ${count}`);
  const ids = rows.map(({ id }) => id);
  const { db, close } = await openTenantDb(url);
  await db.run(tenantId, (tx) => tx.query('SELECT 1'));
  const begin = performance.now();
  for (let at = 0; at < ids.length; at += batch) await db.run(tenantId, (tx) => work(tx, ids.slice(at, at + batch)));
  const seconds = (performance.now() - begin) / 1000;
  await close();
  return count / seconds;
}
