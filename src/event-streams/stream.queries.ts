import type { Tx } from '../platform/db/tenant-db';

/** An event as readers of the stream see it. */
export interface StreamedEvent {
  /** Its place among the tenant's events, in the order in which they were handled. */
  seq: string;
  id: string;
  type: string;
  channelType: string | null;
  at: Date;
  data: Record<string, unknown>;
}

/** Where a reader is: everything up to here it has seen. */
export interface Place {
  seq: string;
  /** The event at this place; `0` before the first. */
  id: string;
}

export const BEGINNING: Place = { seq: '0', id: '0' };

/**
 * The next events behind a place. Numbers are given by one process at a time for each tenant, which lets go of the tenant's stream
 * only with its commit: whoever goes by them misses nothing that is committed later.
 */
export function eventsAfter(tx: Tx, seq: string, limit: number): Promise<StreamedEvent[]> {
  return tx.query<StreamedEvent>(
    `SELECT seq, id, type, channel_type AS "channelType", at, CASE WHEN source = 'carillon' THEN data ELSE '{}' END AS data
     FROM tenant_event WHERE tenant_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    [tx.tenantId, seq, limit],
  );
}

/** The last events, the earliest of them first. */
export async function lastEvents(tx: Tx, limit: number): Promise<StreamedEvent[]> {
  const rows = await tx.query<StreamedEvent>(
    `SELECT seq, id, type, channel_type AS "channelType", at, CASE WHEN source = 'carillon' THEN data ELSE '{}' END AS data
     FROM tenant_event WHERE tenant_id = $1 AND seq IS NOT NULL ORDER BY seq DESC LIMIT $2`,
    [tx.tenantId, limit],
  );
  return rows.toReversed();
}

/** The place behind the newest event. */
export async function endOfStream(tx: Tx): Promise<Place> {
  const [row] = await tx.query<Place>(
    `SELECT seq, id FROM tenant_event WHERE tenant_id = $1 AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1`,
    [tx.tenantId],
  );
  return row ?? BEGINNING;
}

/** The place of an event that a reader names; undefined when it is not kept any more, or never was. */
export async function placeOf(tx: Tx, id: string): Promise<Place | undefined> {
  if (id === BEGINNING.id) return BEGINNING;
  const [row] = await tx.query<Place>(
    `SELECT seq, id FROM tenant_event WHERE tenant_id = $1 AND id = $2 AND seq IS NOT NULL`,
    [tx.tenantId, id],
  );
  return row;
}
