import { EventSource } from './events/sources/event-source.entity';
import type { SourceSecrets } from './events/sources/source-secrets';
import type { TenantDb } from './platform/db/tenant-db';
import type { WorkerDb } from './platform/db/worker-db';

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
