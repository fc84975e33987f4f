import { readAddress } from '../contacts/contact-addresses';
import { Problem } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';

/** The address of a list's query in its one spelling; null for none. Throws Problem 422 for one without its channel type. */
export function addressFilter({
  channelType,
  address,
}: {
  channelType?: ChannelType;
  address?: string;
}): string | null {
  if (address === undefined) return null;
  if (!channelType) throw Problem.invalidField('/query/channelType', 'is needed with address');
  return readAddress('/query/address', channelType, address);
}
