import type { TenantDb } from '../platform/db/tenant-db';

/** Which channel a call is for. */
export interface RoutedChannel {
  tenantId: string;
  id: string;
}

const ACTIVE_CHANNEL = 'provider_type = $1 AND deleted_at IS NULL';

/** The channel that has this key in its call-back address. The row shows itself to whoever presents the key. */
export function channelByKey(db: TenantDb, providerType: string, key: string): Promise<RoutedChannel[]> {
  return db.present('app.webhook_key', key, (sql) =>
    sql.query<RoutedChannel>(
      `SELECT tenant_id AS "tenantId", id FROM communication_channel WHERE webhook_key = $2 AND ${ACTIVE_CHANNEL}`,
      [providerType, key],
    ),
  );
}

/** The channels of an account: several, where tenants share one or a tenant has several senders of it. */
export function channelsByAccount(db: TenantDb, providerType: string, account: string): Promise<RoutedChannel[]> {
  return db.present('app.account', `${providerType}:${account}`, (sql) =>
    sql.query<RoutedChannel>(
      `SELECT tenant_id AS "tenantId", id FROM communication_channel
       WHERE account_key = $2 AND ${ACTIVE_CHANNEL} ORDER BY id LIMIT 50`,
      [providerType, account],
    ),
  );
}
