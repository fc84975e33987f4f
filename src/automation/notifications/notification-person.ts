import type { TenantEvent } from '../../events/event-consumers';
import { normaliseAddress } from '../../contacts/address';
import { changeContact, findContact, insertContact, type ContactRow } from '../../contacts/contact.queries';
import { claimIdentity, findHolder } from '../../contacts/identity.queries';
import type { Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import { isUuid } from '../../platform/http/fields';
import type { ChannelType } from '../../providers/provider';

/** Whom an event is about. */
export interface Person {
  contactId: string;
  language: string | null;
  /** Where the person is reached: what the event says, or else the address that the contact has; null for one that is none. */
  addresses: Partial<Record<ChannelType, string | null>>;
}

type Given = Partial<Record<ChannelType, string | null>>;

/** Fields of an order message that hold an address, with the channel types that it is one of. */
const FIELDS: readonly { field: string; channelTypes: readonly ChannelType[] }[] = [
  { field: 'recipientEmail', channelTypes: ['EMAIL'] },
  { field: 'recipientPhone', channelTypes: ['SMS', 'WHATSAPP'] },
];
const LONGEST_ID = 200;
const LONGEST_NAME = 200;

/**
 * Finds the contact by the event itself, by userId (its externalId), or by an address that somebody without an externalId holds;
 * makes one where there is none. An address of the event is added where nobody has it yet, and taken from nobody. Undefined where
 * the event is about nobody.
 * @param channelTypes on which the person may be written to
 */
export async function personOf(
  tx: Tx,
  event: TenantEvent,
  channelTypes: readonly ChannelType[],
): Promise<Person | undefined> {
  const given = givenAddresses(event.data, channelTypes);
  const contact = (await named(tx, event)) ?? (await foundOrMade(tx, event, given));
  if (!contact) return undefined;
  for (const [channelType, address] of Object.entries(given))
    if (address !== null) await claimIdentity(tx, contact.id, { channelType, address });
  const own = Object.fromEntries(contact.identities.toReversed().map((held) => [held.channelType, held.address]));
  return { contactId: contact.id, language: contact.language, addresses: { ...own, ...given } };
}

/** By id, as the event or its payload says. */
async function named(tx: Tx, { contactId, data }: TenantEvent): Promise<ContactRow | undefined> {
  if (contactId !== null) return findContact(tx, contactId);
  return isUuid(data['contactId']) ? findContact(tx, data['contactId']) : undefined;
}

async function foundOrMade(tx: Tx, { data }: TenantEvent, given: Given): Promise<ContactRow | undefined> {
  const externalId = externalIdOf(data);
  const known = externalId === null ? undefined : await findContact(tx, `ext:${externalId}`);
  if (known) return known;
  const holder = await firstHolder(tx, given);
  if (holder && externalId === null) return holder;
  if (holder && holder.externalId === null) {
    await changeContact(tx, holder.id, { externalId });
    return holder;
  }
  if (externalId === null && !Object.values(given).some((address) => address !== null)) return undefined;

  const id = uuidv7();
  // Somebody may have made it at this moment.
  if (!(await insertContact(tx, id, externalId))) return findContact(tx, `ext:${externalId}`);
  const name = nameOf(data);
  if (name !== undefined) await changeContact(tx, id, { name });
  return findContact(tx, id);
}

async function firstHolder(tx: Tx, given: Given): Promise<ContactRow | undefined> {
  for (const [channelType, address] of Object.entries(given)) {
    const holder = address === null ? undefined : await findHolder(tx, { channelType, address });
    if (holder !== undefined) return findContact(tx, holder);
  }
  return undefined;
}

/** What the event says, in its one spelling; null for what is no address. */
function givenAddresses(data: TenantEvent['data'], channelTypes: readonly ChannelType[]): Given {
  const given: Given = {};
  for (const { field, channelTypes: types } of FIELDS) {
    const text = data[field];
    if (typeof text !== 'string') continue;
    for (const channelType of types.filter((type) => channelTypes.includes(type))) {
      const normalised = normaliseAddress(channelType, text.trim());
      given[channelType] = 'address' in normalised ? normalised.address : null;
    }
  }
  return given;
}

function externalIdOf({ userId }: TenantEvent['data']): string | null {
  const text = typeof userId === 'string' ? userId.normalize() : '';
  return text.length > 0 && text.length <= LONGEST_ID ? text : null;
}

function nameOf({ orderData }: TenantEvent['data']): string | undefined {
  const name = (orderData as { customerName?: unknown } | null | undefined)?.customerName;
  return typeof name === 'string' && name.trim() !== '' ? name.trim().normalize().slice(0, LONGEST_NAME) : undefined;
}
