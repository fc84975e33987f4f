import { createRequire } from 'node:module';
import { MASTER_KEY } from './database.mjs';

const require = createRequire(import.meta.url);
const { openPool } = require('../../dist/src/platform/db/data-source.js');
const { TenantDb } = require('../../dist/src/platform/db/tenant-db.js');
const { rolePassword, roleUrl } = require('../../dist/src/platform/db/roles.js');
const { parseKeyRing } = require('../../dist/src/platform/secrets/key-ring.js');

/** Transactions of tenants as the application opens them, under its own login. */
export async function openTenantDb(url) {
  const { oldest } = parseKeyRing(MASTER_KEY);
  const login = roleUrl(url, 'app', rolePassword(oldest, 'app'));
  const pool = openPool({ url: login, poolSize: 4, statementTimeoutMs: 600_000, applicationName: 'bench' });
  const source = await pool.initialize();
  return { db: new TenantDb(source), close: () => source.destroy() };
}

/** Messages that were sent on one channel; without the checks of foreign keys, which they would pass. */
export function sentMessages({ tenantId, channelId, channelType, providerType, from }, { count, people, days }) {
  return `SET session_replication_role = replica; SET synchronous_commit = off;
    INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type, direction,
      lane, purpose, from_address, to_address, message_type, content, delivery, status, status_at, created_at, sent_at,
      provider_message_id, attempts, template_id)
    SELECT '${tenantId}', (lpad(to_hex((extract(epoch FROM t) * 1000)::bigint), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
      bench_id('8002', n % ${people}), bench_id('8001', n % ${people}), '${channelId}', '${channelType}', '${providerType}',
      'OUTBOUND', 'bulk', 'MARKETING', '${from}', 'person@example.com', 'TEXT', '{"text":"Your order has left our warehouse."}',
      'at_least_once', 'SENT', t, t, t, 'id-' || n, 1, bench_id('800a', n % 20)
    FROM generate_series(1, ${count}) n,
      LATERAL (SELECT timestamptz '2026-10-01 00:00Z' + n * (interval '${days} days' / ${count})) AS at (t)`;
}
