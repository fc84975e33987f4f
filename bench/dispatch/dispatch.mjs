import { setTimeout as pause } from 'node:timers/promises';
import { query } from '../lab/database.mjs';
import { median, pairedRatio, ROUNDS, table, whole } from '../lab/figures.mjs';
import { runProgram, startCarillon, startProgram } from '../lab/processes.mjs';
import { makeStage, RECIPIENTS } from '../lab/stage.mjs';
import { startRedis } from './redis.mjs';

/** Enough that the first seconds, which belong to the compiler, do not decide. */
const MESSAGES = 60_000;

/** Messages at work at once, for every contestant. */
const AT_ONCE = 200;

/** Queued messages to a provider that answers at once: Carillon's worker process beside other ways to do that. */
export async function dispatch(database, options) {
  const stub = await startProgram('dispatch/stub.mjs', {});
  const redis = await startRedis();
  if (!redis) console.log('redis-server is not installed: BullMQ is left out');
  const queues = [
    { name: 'pg-boss', file: 'pg-boss' },
    { name: 'graphile-worker', file: 'graphile-worker' },
    ...(redis
      ? [{ name: 'BullMQ (Redis, fsync every second)', file: 'bullmq', env: { REDIS_PORT: String(redis.port) } }]
      : []),
  ];
  const engines = ['mark', 'attempt'].flatMap((record) => queues.map((queue) => engine(queue, record)));
  try {
    await compare({ database, options, stubUrl: stub.line }, 'twilio', engines);
    await compare({ database, options, stubUrl: stub.line }, 'sendgrid', []);
  } finally {
    await redis?.stop();
    await stub.stop();
  }
}

async function compare({ database, options, stubUrl }, shape, engines) {
  const stage = { ...(await makeStage(database, `dispatch_${shape}`, shape)), stubUrl };
  await query(stage.url, queuedMessages(stage));
  await query(stage.url, 'VACUUM ANALYZE communication_message');
  const limit = engine({ name: 'limit: undici loop, no queue', file: 'undici-loop' }, 'mark');
  const contestants = [limit, { name: 'Carillon', record: 'attempt', run: carillon(options) }, ...engines];
  const rates = contestants.map(() => []);
  for (let round = 0; round < ROUNDS; round++)
    for (const [index, { run }] of contestants.entries()) {
      const url = await database.create('dispatch_run', stage.name);
      rates[index].push(MESSAGES / (await run(stage, url)));
      await database.drop('dispatch_run');
    }
  report(shape, contestants, rates);
}

/** Another way to do it, in a process of its own. */
function engine({ name, file, env = {} }, record) {
  const run = async (stage, url) => {
    const { seconds } = await runProgram(`dispatch/${file}.mjs`, {
      DATABASE_URL: url,
      STUB_URL: stage.stubUrl,
      TENANT: stage.tenantId,
      CHANNEL: stage.channelId,
      SHAPE: stage.providerType,
      RECORD: record,
      AT_ONCE: String(AT_ONCE),
      ...env,
    });
    const [{ sent }] = await query(url, SENT);
    if (Number(sent) !== MESSAGES) throw new Error(`${name} sent ${sent} of ${MESSAGES}`);
    return seconds;
  };
  return { name, record, run };
}

/** Carillon's own rows tell how long it took: from its first intent to call to its last result. */
function carillon(options) {
  return async (stage, url) => {
    await query(url, 'CHECKPOINT');
    const env = {
      ROLE: 'worker',
      WORKER_CONCURRENCY: String(AT_ONCE),
      [`PROVIDER_URL_${stage.providerType.toUpperCase()}`]: stage.stubUrl,
    };
    const worker = await startCarillon(url, env, options);
    for (let waited = 0; (await query(url, AT_WORK)).length > 0; waited++) {
      if (waited > 600) throw new Error('the worker did not send everything within two minutes');
      await pause(200);
    }
    await worker.stop();
    const [{ sent }] = await query(url, SENT);
    if (Number(sent) !== MESSAGES) throw new Error(`Carillon sent ${sent} of ${MESSAGES}`);
    const [{ seconds }] = await query(
      url,
      'SELECT extract(epoch FROM max(settled_at) - min(dispatched_at))::float8 AS seconds FROM message_attempt',
    );
    return seconds;
  };
}

/** Found by an index: counting everything five times a second took a tenth of the machine. */
const AT_WORK = `SELECT 1 FROM communication_message WHERE status IN ('QUEUED', 'SCHEDULED')
  UNION ALL SELECT 1 FROM communication_message WHERE status = 'SENDING' LIMIT 1`;

const SENT = `SELECT count(*) AS sent FROM communication_message WHERE status = 'SENT' AND provider_message_id IS NOT NULL`;

/** As POST /messages would have stored them; chat-like channels keep the order of each conversation. */
function queuedMessages({ tenantId, channelId, channelType, providerType, from }) {
  return `
    INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type, direction,
      lane, purpose, from_address, to_address, message_type, content, delivery, ordering_key, status)
    SELECT '${tenantId}', bench_id('8003', n), bench_id('8002', n % ${RECIPIENTS}), bench_id('8001', n % ${RECIPIENTS}), '${channelId}',
      '${channelType}', '${providerType}', 'OUTBOUND', 'transactional', 'TRANSACTIONAL', '${from}',
      bench_address('${channelType}', n % ${RECIPIENTS}), 'TEXT',
      jsonb_build_object('subject', 'Order ' || n, 'text', 'Your order ' || n || ' has left our warehouse.'),
      'at_least_once', CASE WHEN '${channelType}' <> 'EMAIL' THEN bench_id('8002', n % ${RECIPIENTS}) END, 'QUEUED'
    FROM generate_series(0, ${MESSAGES - 1}) n`;
}

function report(shape, contestants, rates) {
  const heading = [`dispatch as to ${shape}, 0 ms stub`, 'keeps', 'messages/s', 'Carillon is x times'];
  const rows = contestants.map(({ name, record }, index) => [
    name,
    record,
    whole(median(rates[index])),
    pairedRatio(rates[1], rates[index]).toFixed(2),
  ]);
  console.log(table([heading, ...rows]));
  console.log();
}
