import { Problem } from '../../platform/http/problem';
import type { ChannelType } from '../../providers/provider';
import { normaliseAddress } from '../address';

/** An address in the filter of an export, normalised. Throws Problem 422 naming the field. */
export function readFilterAddress(
  field: string,
  channelType: ChannelType,
  given: string | null | undefined,
): string | null {
  if (given === null || given === undefined) return null;
  const normalised = normaliseAddress(channelType, given);
  if ('fault' in normalised) throw Problem.invalidField(`/filter/${field}`, normalised.fault);
  return normalised.address;
}
