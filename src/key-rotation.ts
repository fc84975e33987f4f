import type { SigningSecrets } from './automation/webhook/signing-secrets';
import type { TenantDb } from './platform/db/tenant-db';
import type { WorkerDb } from './platform/db/worker-db';
import type { ChannelSecrets } from './channels/channel-secrets';
import { CommunicationChannel } from './channels/communication-channel.entity';

/**
 * Seals the credentials of every channel, deleted ones included, under the current key. Each channel is one commit, so it
 * may be interrupted and run again. Throws when a channel is sealed under a key that is not in the ring.
 */
export async function rewrapChannels(
  worker: WorkerDb,
  db: TenantDb,
  secrets: ChannelSecrets,
): Promise<{ channels: number; rewrapped: number }> {
  const places = await worker.sql.query<{ tenantId: string; id: string }>(
    'SELECT tenant_id AS "tenantId", id FROM communication_channel ORDER BY 1, 2',
  );
  let rewrapped = 0;
  for (const { tenantId, id } of places) if (await rewrapChannel(db, secrets, tenantId, id)) rewrapped++;
  return { channels: places.length, rewrapped };
}

/** The same for the secrets with which rules sign their calls. */
export async function rewrapRules(worker: WorkerDb, secrets: SigningSecrets): Promise<number> {
  const places = await worker.sql.query<{ tenantId: string; id: string }>(
    'SELECT tenant_id AS "tenantId", id FROM message_automation_rule WHERE signing_secret IS NOT NULL ORDER BY 1, 2',
  );
  let rewrapped = 0;
  for (const { tenantId, id } of places) if (await secrets.rewrap(tenantId, id)) rewrapped++;
  return rewrapped;
}

function rewrapChannel(db: TenantDb, secrets: ChannelSecrets, tenantId: string, id: string): Promise<boolean> {
  return db.run(tenantId, async (tx) => {
    const where = { tenantId, id };
    const channel = await tx.manager.findOneOrFail(CommunicationChannel, {
      where,
      lock: { mode: 'pessimistic_write' },
    });
    const credentials = secrets.rewrap(channel);
    if (credentials) await tx.manager.update(CommunicationChannel, where, { credentials });
    return credentials !== undefined;
  });
}
