import type { Tx } from '../platform/db/tenant-db';
import type { TenantEventRow } from './tenant-event.entity';

export type EventRow = Pick<
  TenantEventRow,
  'id' | 'type' | 'source' | 'eventId' | 'contactId' | 'status' | 'tries' | 'failure' | 'data' | 'at' | 'handledAt'
>;

const EVENT = `SELECT id, type, source, event_id AS "eventId", contact_id AS "contactId", status, tries, failure, data, at,
  handled_at AS "handledAt" FROM tenant_event WHERE tenant_id = $1`;

export async function findEvent(tx: Tx, id: string): Promise<EventRow | undefined> {
  const [row] = await tx.query<EventRow>(`${EVENT} AND id = $2`, [tx.tenantId, id]);
  return row;
}

export interface EventFilter {
  status: string | null;
  type: string | null;
  contactId: string | null;
  after: string | null;
  limit: number;
}

const CONDITIONS = { after: 'id <', status: 'status =', type: 'type =', contactId: 'contact_id =' } as const;
const FILTERS = ['after', 'status', 'type', 'contactId'] as const;

/** Newest first, one more than `limit`. */
export function listEvents(tx: Tx, filter: EventFilter): Promise<EventRow[]> {
  const given = FILTERS.filter((name) => filter[name] !== null);
  const conditions = given.map((name, index) => ` AND ${CONDITIONS[name]} $${index + 3}`).join('');
  return tx.query<EventRow>(`${EVENT}${conditions} ORDER BY id DESC LIMIT $2`, [
    tx.tenantId,
    filter.limit + 1,
    ...given.map((name) => filter[name]),
  ]);
}

/** A failed event is tried anew, from the first try on. False when it is not failed. */
export async function retryEvent(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE tenant_event SET status = 'PENDING', tries = 0, due_at = clock_timestamp()
     WHERE tenant_id = $1 AND id = $2 AND status = 'FAILED' RETURNING 1`,
    [tx.tenantId, id],
  );
  return rows.length > 0;
}
