import type { ChannelAccounts, OpenChannel } from '../channels/channel-accounts';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';

/** The channel that a bulk send goes out on. Throws Problem 404 for one that is not the caller's, 422 for no default. */
export async function channelOf(
  accounts: ChannelAccounts,
  { tenantId }: Caller,
  { channelId, channelType }: { channelId?: string | null; channelType?: ChannelType | null },
): Promise<OpenChannel> {
  if (channelId != null) {
    const open = await accounts.find(tenantId, channelId);
    if (!open) throw Problem.notFound('channel');
    return open;
  }
  const open = channelType == null ? undefined : await accounts.findDefault(tenantId, channelType);
  if (!open) throw Problem.invalidField('/channelType', `there is no default channel for ${channelType}`);
  return open;
}
