import type { Caller } from '../../platform/http/caller';

/** Who acts where an event does. */
export function asTenant(tenantId: string): Caller {
  return { tenantId, keyId: null, userId: null, scopes: [], channelTypes: null };
}
