import { holdDispatch, holdDispatchNow } from '../contacts/dispatch-hold';
import type { Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { ChannelType } from '../providers/provider';
import type { Purpose } from './reasons';
import type { TopicChoices } from './topic-choices';

export interface ChannelChoice {
  allowed: boolean;
  source?: string;
}

/** What a contact wants, in the shape in which the gate at dispatch reads it. */
export interface Preferences {
  doNotContact: boolean;
  reason: string | null;
  preferredChannel: ChannelType | null;
  quietHours: { start: string; end: string } | null;
  channels: Partial<Record<ChannelType, ChannelChoice>>;
  topics: Record<string, TopicChoices>;
  purposes: Partial<Record<Purpose, TopicChoices>>;
}

/** What holds for a contact that never said anything. */
export const NO_PREFERENCES: Preferences = {
  doNotContact: false,
  reason: null,
  preferredChannel: null,
  quietHours: null,
  channels: {},
  topics: {},
  purposes: {},
};

const FIND = `SELECT do_not_contact AS "doNotContact", reason, preferred_channel AS "preferredChannel",
  quiet_hours AS "quietHours", channels, topics, purposes
  FROM contact_communication_preference WHERE tenant_id = $1 AND contact_id = $2`;

/** Undefined for a contact that never said anything. */
export async function findPreferences(tx: Tx, contactId: string): Promise<Preferences | undefined> {
  const [row] = await tx.query<Preferences>(FIND, [tx.tenantId, contactId]);
  return row;
}

/**
 * Makes the row where there is none, and holds it against other changes until the end of the transaction; before it, as everybody
 * does, the right of way to the addresses.
 */
export async function lockPreferences(tx: Tx, contactId: string): Promise<Preferences> {
  await holdDispatchNow(tx, await listAddresses(tx, contactId));
  await tx.query(
    `INSERT INTO contact_communication_preference AS p (tenant_id, id, contact_id) VALUES ($1, $2, $3)
     ON CONFLICT (tenant_id, contact_id) DO UPDATE SET updated_at = p.updated_at`,
    [tx.tenantId, uuidv7(), contactId],
  );
  return (await findPreferences(tx, contactId)) ?? NO_PREFERENCES;
}

/** From the commit on, no dispatch starts that the new wishes forbid. */
export async function storePreferences(tx: Tx, contactId: string, preferences: Preferences): Promise<void> {
  const { doNotContact, reason, preferredChannel, quietHours, channels, topics, purposes } = preferences;
  const json = [
    quietHours && JSON.stringify(quietHours),
    ...[channels, topics, purposes].map((choices) => JSON.stringify(choices)),
  ];
  holdDispatch(tx, await listAddresses(tx, contactId));
  await tx.query(
    `UPDATE contact_communication_preference SET do_not_contact = $3, reason = $4, preferred_channel = $5,
       quiet_hours = $6, channels = $7, topics = $8, purposes = $9, updated_at = now()
     WHERE tenant_id = $1 AND contact_id = $2`,
    [tx.tenantId, contactId, doNotContact, reason, preferredChannel, ...json],
  );
}

/** Every address that the contact holds. */
export function listAddresses(tx: Tx, contactId: string): Promise<{ channelType: ChannelType; address: string }[]> {
  return tx.query<{ channelType: ChannelType; address: string }>(
    `SELECT channel_type AS "channelType", address FROM contact_identity
     WHERE tenant_id = $1 AND contact_id = $2 ORDER BY channel_type, address`,
    [tx.tenantId, contactId],
  );
}
