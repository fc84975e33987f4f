import type { Caller } from '../platform/http/caller';

/** Who wrote it down: `user:<id>` where the key acts for one, else `key:<id>`. */
export function actorOf({ userId, keyId }: Caller): string {
  return userId === null ? `key:${keyId}` : `user:${userId}`;
}
