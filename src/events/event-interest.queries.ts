import type { Tx } from '../platform/db/tenant-db';

/** Replaces what a consumer wants to know of Carillon's own events. The tenant's own events come to everybody. */
export async function setInterest(tx: Tx, consumer: string, types: readonly string[]): Promise<void> {
  await tx.query(`DELETE FROM event_interest WHERE tenant_id = $1 AND consumer = $2 AND type <> ALL ($3::text[])`, [
    tx.tenantId,
    consumer,
    types,
  ]);
  await tx.query(
    `INSERT INTO event_interest (tenant_id, consumer, type) SELECT $1, $2, type FROM unnest($3::text[]) AS type
     ON CONFLICT DO NOTHING`,
    [tx.tenantId, consumer, types],
  );
}
