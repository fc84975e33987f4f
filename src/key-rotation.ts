import type { SigningSecrets } from './automation/webhook/signing-secrets';
import type { TenantDb } from './platform/db/tenant-db';
import type { WorkerDb } from './platform/db/worker-db';
import type { ChannelSecrets } from './channels/channel-secrets';
import type { EndpointSecrets } from './webhook-endpoints/endpoint-secrets';
import { WebhookEndpoint } from './webhook-endpoints/webhook-endpoint.entity';
import { CommunicationChannel } from './channels/communication-channel.entity';
import { EventSource } from './events/sources/event-source.entity';
import type { SourceSecrets } from './events/sources/source-secrets';

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

/** The same for the secrets with which webhook endpoints are signed to. Answers how many endpoints changed. */
export async function rewrapEndpoints(worker: WorkerDb, db: TenantDb, secrets: EndpointSecrets): Promise<number> {
  const places = await worker.sql.query<{ tenantId: string; id: string }>(
    'SELECT tenant_id AS "tenantId", id FROM webhook_endpoint WHERE deleted_at IS NULL ORDER BY 1, 2',
  );
  let rewrapped = 0;
  for (const { tenantId, id } of places) if (await rewrapEndpoint(db, secrets, tenantId, id)) rewrapped++;
  return rewrapped;
}

function rewrapEndpoint(db: TenantDb, secrets: EndpointSecrets, tenantId: string, id: string): Promise<boolean> {
  return db.run(tenantId, async (tx) => {
    const where = { tenantId, id };
    const endpoint = await tx.manager.findOneOrFail(WebhookEndpoint, { where, lock: { mode: 'pessimistic_write' } });
    const sealed = secrets.rewrap(endpoint);
    if (sealed) await tx.manager.update(WebhookEndpoint, where, sealed);
    return sealed !== undefined;
  });
}

/**
 * Seals the credentials of every source of events under the current key, each in a commit of its own, and answers how many there
 * were to seal. Throws when one is sealed under a key that is not in the ring.
 */
export async function rewrapSources(worker: WorkerDb, db: TenantDb, secrets: SourceSecrets): Promise<number> {
  const places = await worker.sql.query<{ tenantId: string; id: string }>(
    'SELECT tenant_id AS "tenantId", id FROM event_source ORDER BY 1, 2',
  );
  let rewrapped = 0;
  for (const { tenantId, id } of places) if (await rewrapSource(db, secrets, { tenantId, id })) rewrapped++;
  return rewrapped;
}

function rewrapSource(db: TenantDb, secrets: SourceSecrets, where: { tenantId: string; id: string }): Promise<boolean> {
  return db.run(where.tenantId, async (tx) => {
    const source = await tx.manager.findOne(EventSource, { where, lock: { mode: 'pessimistic_write' } });
    const credentials = source && secrets.rewrap(source);
    if (credentials) await tx.manager.update(EventSource, where, { credentials });
    return credentials !== undefined && credentials !== null;
  });
}
