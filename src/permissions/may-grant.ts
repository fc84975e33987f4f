import { channelTypesOf, type Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';

/**
 * Nobody gives away more than they have, on the channel type in question; null: on every one. Throws Problem 403 naming the
 * first permission that the caller lacks.
 */
export function assertMayGrant(caller: Caller, granted: readonly string[], channelType: string | null = null): void {
  const missing = granted.find((permission) => {
    const held = channelTypesOf(caller, permission);
    return held !== null && (channelType === null || !held.includes(channelType));
  });
  if (missing === undefined) return;
  const giver = caller.keyId === null ? 'This user' : 'This key';
  const where = channelType === null ? '' : ` on ${channelType}`;
  throw Problem.forbidden(`${giver} lacks the permission ${missing}${where}, so it cannot give it.`);
}
