import { forbidFromCommit, lockOf } from '../platform/db/right-of-way';
import type { Tx } from '../platform/db/tenant-db';

/** The lock that stands for a channel, shared by every dispatch on it. */
export function channelLock(tenantId: string, channelId: string): string {
  return lockOf(tenantId, 'channel', channelId);
}

/** Call it where a channel is switched off: from the commit on, no dispatch starts on it. */
export function holdChannel(tx: Tx, channelId: string): void {
  forbidFromCommit(tx, [channelLock(tx.tenantId, channelId)]);
}
