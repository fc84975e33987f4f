import { Problem, type FieldError } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';
import { normaliseAddress } from './address';
import type { CreateContactDto } from './contact.dto';

/** Which field of a contact holds its address for which channel type. */
export const ADDRESS_FIELDS = [
  { field: 'email', channelType: 'EMAIL' },
  { field: 'phone', channelType: 'SMS' },
  { field: 'telegramChatId', channelType: 'TELEGRAM' },
  { field: 'whatsappId', channelType: 'WHATSAPP' },
] as const satisfies readonly { field: keyof CreateContactDto; channelType: ChannelType }[];

export type AddressField = (typeof ADDRESS_FIELDS)[number]['field'];

/** An address that the contact is to have, or null to have none. */
export interface AddressChange {
  field: AddressField;
  channelType: ChannelType;
  address: string | null;
}

/** The addresses that the input names, normalised. Throws Problem 422 naming every faulty one. */
export function readAddresses(input: Pick<CreateContactDto, AddressField>): AddressChange[] {
  const faults: FieldError[] = [];
  const changes = ADDRESS_FIELDS.flatMap(({ field, channelType }): AddressChange[] => {
    const given = input[field];
    if (given === undefined) return [];
    if (given === null) return [{ field, channelType, address: null }];
    const normalised = normaliseAddress(channelType, given);
    if ('address' in normalised) return [{ field, channelType, address: normalised.address }];
    faults.push({ pointer: `/${field}`, message: normalised.fault });
    return [];
  });
  if (faults.length) throw Problem.invalidFields(faults);
  return changes;
}

/** The address that stands at this pointer of a request, in its one spelling. Throws Problem 422 naming the pointer. */
export function readAddress(pointer: string, channelType: ChannelType, given: string): string {
  const normalised = normaliseAddress(channelType, given);
  if ('fault' in normalised) throw Problem.invalidField(pointer, normalised.fault);
  return normalised.address;
}

/** The same for a filter; null where it is left out. */
export function readAddressFilter(
  pointer: string,
  channelType: ChannelType,
  given: string | null | undefined,
): string | null {
  return given === undefined || given === null ? null : readAddress(pointer, channelType, given);
}
