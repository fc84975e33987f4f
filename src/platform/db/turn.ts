import { forbidNow, lockOf } from './right-of-way';
import type { Tx } from './tenant-db';

/**
 * Waits for its turn at a thing of the tenant, and keeps it to the end of the transaction. For what a worker changes commit after
 * commit, while somebody may want to stop it: a row lock knows no turns. Who waits for that finds the row changed, and locked
 * again by the worker's next commit, so that a stop could wait until all is done. Comes before the lock of the row.
 */
export function waitForTurn(tx: Tx, thing: string, id: string): Promise<void> {
  return forbidNow(tx, [lockOf(tx.tenantId, 'turn', thing, id)]);
}
