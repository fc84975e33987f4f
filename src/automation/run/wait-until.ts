import type { Tx } from '../../platform/db/tenant-db';
import { instantOf, localTimeOf } from '../../platform/time/wall-clock';

const DAY_MS = 86_400_000;

/** The next time after `now` at which clocks of the zone show this time of day, such as 09:00. */
export function nextLocalTime(timeOfDay: string, timezone: string, now: Date): Date {
  const today = localTimeOf(now, timezone).slice(0, 10);
  for (let day = Date.parse(`${today}T00:00:00Z`); ; day += DAY_MS) {
    const at = instantOf(`${new Date(day).toISOString().slice(0, 10)}T${timeOfDay}:00`, timezone);
    if (at > now) return at;
  }
}

/** By whose clock it is for a contact without a zone. */
export async function tenantZone(tx: Tx): Promise<string> {
  const [row] = await tx.query<{ timezone: string }>('SELECT timezone FROM tenant WHERE id = $1', [tx.tenantId]);
  return row?.timezone ?? 'UTC';
}
