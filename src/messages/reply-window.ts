import type { OpenChannel } from '../channels/channel-accounts';
import type { Tx } from '../platform/db/tenant-db';
import type { OutboundMessage } from '../providers/provider';

/**
 * How lately the person must have written for this message to be let through, in milliseconds; undefined: need not have. A
 * template of the provider's passes at any time.
 */
export function replyWindowOf({ content }: Pick<OutboundMessage, 'content'>, open: OpenChannel): number | undefined {
  return content.template ? undefined : open.provider.channels[open.account.channelType]?.replyWindowMs;
}

/** When this address wrote last on this channel, or undefined when it never did. */
export async function lastHeard(
  tx: Tx,
  { channelId, address }: { channelId: string; address: string },
): Promise<Date | undefined> {
  const [row] = await tx.query<{ at: Date | null }>(
    `SELECT max(last_inbound_at) AS at FROM communication_session
     WHERE tenant_id = $1 AND counterpart = $2 AND channel_id = $3`,
    [tx.tenantId, address, channelId],
  );
  return row?.at ?? undefined;
}
