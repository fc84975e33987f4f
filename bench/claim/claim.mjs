import { createRequire } from 'node:module';
import { MASTER_KEY, query } from '../lab/database.mjs';
import { median, pairedRatio, ROUNDS, table, whole } from '../lab/figures.mjs';
import { makeStage, RECIPIENTS } from '../lab/stage.mjs';

const require = createRequire(import.meta.url);
const { openPool } = require('../../dist/src/platform/db/data-source.js');
const { PooledSql } = require('../../dist/src/platform/db/sql.js');
const { rolePassword, roleUrl } = require('../../dist/src/platform/db/roles.js');
const { parseKeyRing } = require('../../dist/src/platform/secrets/key-ring.js');
const dispatchQueries = require('../../dist/src/messages/dispatch/claim.queries.js');

const HISTORIES = [0, 1_000_000, 5_000_000];
const QUEUED = 20_000;
const CLAIMS = 60;
const BATCH = 100;
const WARM_UP = 10;

/** What it costs to claim 100 of 20,000 queued messages, with ever more settled messages in the table. */
export async function claim(database) {
  const stage = await makeStage(database, 'claim_stage', 'sendgrid');
  const tables = [];
  for (const history of HISTORIES) {
    const url = await database.create(`claim_${history}`, stage.name);
    await fill(url, stage, history);
    tables.push({ history, url, results: [] });
  }
  for (let round = 0; round < ROUNDS; round++)
    for (const { url, results } of tables) {
      await query(url, messages(stage, { first: 10_000_000 + round * QUEUED, count: QUEUED, status: 'QUEUED' }));
      await query(url, 'VACUUM ANALYZE communication_message');
      await database.settle();
      results.push(await medianClaim(url));
      // What is left of the queue becomes history too, so that every round begins with the same queue.
      await query(
        url,
        `UPDATE communication_message SET status = 'SENT', lease_owner = NULL, lease_until = NULL WHERE status IN ('QUEUED', 'SENDING')`,
      );
      await query(url, 'VACUUM communication_message');
    }
  report(tables);
}

/** Median milliseconds of listing the queues and claiming a batch, committed, as the worker's login. */
async function medianClaim(url) {
  const { oldest } = parseKeyRing(MASTER_KEY);
  const login = roleUrl(url, 'worker', rolePassword(oldest, 'worker'));
  const pool = openPool({
    url: login,
    poolSize: 1,
    statementTimeoutMs: 30_000,
    applicationName: 'bench',
    planOnce: true,
  });
  const sql = new PooledSql(await pool.initialize());
  const worker = { id: '01900000-0000-7000-8000-000000000001', leaseSeconds: 600 };
  const times = [];
  for (let n = 0; n < WARM_UP + CLAIMS; n++) {
    const begin = performance.now();
    const places = [{ lane: 'transactional', after: dispatchQueries.RING_START }];
    const queues = (await dispatchQueries.listQueues(sql, places)).get('transactional') ?? [];
    const claimed = await dispatchQueries.claimMessages(sql, worker, { lane: 'transactional', limit: BATCH, queues });
    times.push(performance.now() - begin);
    if (claimed.length !== BATCH) throw new Error(`claimed ${claimed.length} instead of ${BATCH}`);
  }
  await pool.destroy();
  return median(times.slice(WARM_UP));
}

/** Settled messages; without the checks of foreign keys, which they would pass, and without waiting for the disk. */
async function fill(url, stage, count) {
  if (count === 0) return;
  const rows = messages(stage, { first: 0, count, status: 'SENT' });
  await query(url, `SET session_replication_role = replica; SET synchronous_commit = off; ${rows}`);
  await query(url, 'VACUUM ANALYZE communication_message');
}

function messages({ tenantId, channelId, channelType, providerType, from }, { first, count, status }) {
  return `
    INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type, direction,
      lane, purpose, from_address, to_address, message_type, content, delivery, status, sent_at, provider_message_id, attempts)
    SELECT '${tenantId}', bench_id('8003', n), bench_id('8002', n % ${RECIPIENTS}), bench_id('8001', n % ${RECIPIENTS}), '${channelId}',
      '${channelType}', '${providerType}', 'OUTBOUND', 'transactional', 'TRANSACTIONAL', '${from}',
      'person-' || n % ${RECIPIENTS} || '@example.com', 'TEXT', '{"text":"Your order has left our warehouse."}', 'at_least_once',
      '${status}', ${status === 'SENT' ? "now(), 'id-' || n, 1" : 'NULL, NULL, 0'}
    FROM generate_series(${first}, ${first + count - 1}) n`;
}

function report(tables) {
  const [empty] = tables;
  const heading = [`claim of ${BATCH} out of ${whole(QUEUED)} queued`, 'median ms', 'x the empty table'];
  const rows = tables.map(({ history, results }) => [
    `${whole(history)} settled messages`,
    median(results).toFixed(2),
    pairedRatio(results, empty.results).toFixed(2),
  ]);
  console.log(table([heading, ...rows]));
}
