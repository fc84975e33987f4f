import type { Tx } from '../../platform/db/tenant-db';
import type { SentimentSource } from './session-settings.dto';

export interface ResponseTimes {
  firstResponseMinutes?: number | null;
  nextResponseMinutes?: number | null;
}

/** As the tenant's row keeps them: what is not set is not there. */
export interface StoredSettings extends ResponseTimes {
  autoCompleteHours?: number | null;
  channelTypes?: Record<string, ResponseTimes>;
  sentiment?: SentimentSource;
}

export async function readSessionSettings(tx: Tx): Promise<StoredSettings> {
  const [row] = await tx.query<{ settings: StoredSettings }>(
    `SELECT session_settings AS settings FROM tenant WHERE id = $1`,
    [tx.tenantId],
  );
  if (!row) throw new Error('The tenant of the transaction is gone');
  return row.settings;
}

/** Writes the fields that are named; null takes one away. */
export async function changeSessionSettings(tx: Tx, change: StoredSettings): Promise<void> {
  await tx.query(
    `UPDATE tenant SET session_settings = jsonb_strip_nulls(session_settings || $2::jsonb), updated_at = now() WHERE id = $1`,
    [tx.tenantId, JSON.stringify(change)],
  );
}

/** Minutes of the tenant `t` for the channel type at a place of the statement: its own, or else the general ones. */
export function minutesOf(setting: keyof ResponseTimes, channelType: string): string {
  return `coalesce(t.session_settings #> ARRAY['channelTypes', ${channelType}, '${setting}'],
    t.session_settings -> '${setting}')::int`;
}
