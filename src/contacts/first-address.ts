import type { Tx } from '../platform/db/tenant-db';
import { Problem } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';
import { ADDRESS_FIELDS, type AddressChange } from './contact-addresses';
import { claimIdentity, freeIdentities, listIdentities, putFirst } from './identity.queries';

/**
 * Gives a contact the address that it is shown and written to with, its first of the channel type: the one before it is freed,
 * further ones stay. null frees all of the channel type. Throws Problem 409 when another contact has the address.
 */
export async function setFirstAddress(tx: Tx, contactId: string, change: Omit<AddressChange, 'field'>): Promise<void> {
  const { channelType, address } = change;
  if (address === null) return freeIdentities(tx, contactId, { channelType, address });
  const before = (await listIdentities(tx, contactId)).find((held) => held.channelType === channelType);
  if (before?.address === address) return;
  if (!(await claimIdentity(tx, contactId, { channelType, address })))
    throw Problem.conflict('already_exists', `Another contact has this ${fieldOf(channelType)}.`);
  await putFirst(tx, contactId, { channelType, address });
  if (before) await freeIdentities(tx, contactId, { channelType, address: before.address });
}

function fieldOf(channelType: ChannelType): string {
  return ADDRESS_FIELDS.find((field) => field.channelType === channelType)?.field ?? 'address';
}
