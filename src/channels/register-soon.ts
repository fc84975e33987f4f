import type { Tx } from '../platform/db/tenant-db';

/** The provider is told soon, and told again until it took it. */
export async function registerSoon(tx: Tx, channelId: string): Promise<void> {
  await tx.query(
    `UPDATE channel_state SET register_due_at = now(), register_attempts = 0 WHERE tenant_id = $1 AND channel_id = $2`,
    [tx.tenantId, channelId],
  );
}
