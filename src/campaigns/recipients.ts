import { normaliseAddress } from '../contacts/address';
import { Problem, type FieldError } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';

/** One recipient as the caller names it: an address, or a contact. */
export interface NamedRecipient {
  to?: string | null;
  contactId?: string | null;
  variables?: Readonly<Record<string, unknown>> | null;
}

/** One recipient as it is stored, once a campaign. */
export interface Recipient {
  /** The normalised address; `contact:<id>` for a contact that has none for the channel type. */
  key: string;
  contactId: string | null;
  variables: Readonly<Record<string, unknown>>;
  status: 'PENDING' | 'EXCLUDED';
  reasonCode: 'no_address' | null;
}

/** The contacts of the tenant among those named: id to address for the channel type, or to null where they have none. */
export type ContactAddresses = ReadonlyMap<string, string | null>;

/** Beginning of the key of a recipient that has no address. No address of any channel type begins so. */
export const CONTACT_KEY = 'contact:';

/**
 * Brings every recipient to its address and merges those with the same one; the first of them stays, with its variables.
 * Throws Problem 422 naming each recipient that is not an address or not a contact of the tenant.
 */
export function mergeRecipients(
  channelType: ChannelType,
  named: readonly NamedRecipient[],
  contacts: ContactAddresses,
): { recipients: Recipient[]; duplicates: number } {
  const faults: FieldError[] = [];
  const merged = new Map<string, Recipient>();
  named.forEach((recipient, index) => {
    const resolved = resolveRecipient(channelType, recipient, contacts);
    if ('message' in resolved) faults.push({ ...resolved, pointer: `/recipients/${index}${resolved.pointer}` });
    else if (!merged.has(resolved.key)) merged.set(resolved.key, resolved);
  });
  if (faults.length) throw Problem.invalidFields(faults.slice(0, MOST_FAULTS));
  return { recipients: [...merged.values()], duplicates: named.length - merged.size };
}

const MOST_FAULTS = 100;

/** A recipient by its address, or what is wrong with it and where. */
export function resolveRecipient(
  channelType: ChannelType,
  { to, contactId, variables }: NamedRecipient,
  contacts: ContactAddresses,
): Recipient | FieldError {
  const pending = { variables: variables ?? {}, status: 'PENDING', reasonCode: null } as const;
  if (to != null) {
    const normalised = normaliseAddress(channelType, to);
    if ('fault' in normalised) return { pointer: '/to', message: normalised.fault };
    return { ...pending, key: normalised.address, contactId: null };
  }
  const address = contacts.get(contactId ?? '');
  if (contactId == null || address === undefined) return { pointer: '/contactId', message: 'there is no such contact' };
  if (address !== null) return { ...pending, key: address, contactId };
  return { ...pending, key: `${CONTACT_KEY}${contactId}`, contactId, status: 'EXCLUDED', reasonCode: 'no_address' };
}
