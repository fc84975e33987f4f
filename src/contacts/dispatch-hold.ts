import { forbidFromCommit, forbidNow, lockOf } from '../platform/db/right-of-way';
import type { Tx } from '../platform/db/tenant-db';
import type { ChannelType } from '../providers/provider';

/** The lock that stands for an address, shared by every dispatch to it. */
export function addressLock(tenantId: string, channelType: ChannelType, address: string): string {
  return lockOf(tenantId, channelType, address);
}

/**
 * Call it in every transaction after which these addresses must not be written to: dispatches that are being decided finish
 * before its commit, and later ones see what it wrote. From the commit on, none starts.
 */
export function holdDispatch(tx: Tx, addresses: readonly { channelType: ChannelType; address: string }[]): void {
  forbidFromCommit(tx, locksOf(tx, addresses));
}

/** The same at once, for whoever goes on to change messages: call it before anything is locked. */
export function holdDispatchNow(
  tx: Tx,
  addresses: readonly { channelType: ChannelType; address: string }[],
): Promise<void> {
  return forbidNow(tx, locksOf(tx, addresses));
}

function locksOf(tx: Tx, addresses: readonly { channelType: ChannelType; address: string }[]): string[] {
  return addresses.map(({ channelType, address }) => addressLock(tx.tenantId, channelType, address));
}
