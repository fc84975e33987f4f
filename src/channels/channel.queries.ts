import type { Tx } from '../platform/db/tenant-db';
import type { ChannelQuery } from './channel.dto';
import { CommunicationChannel } from './communication-channel.entity';

/** Newest first, one more than asked for, so that the caller knows whether there is another page. */
export function listChannels(tx: Tx, query: ChannelQuery, after: string | null): Promise<CommunicationChannel[]> {
  const channels = tx.manager
    .createQueryBuilder(CommunicationChannel, 'c')
    .where('c.tenantId = :tenantId AND c.deletedAt IS NULL', { tenantId: tx.tenantId })
    .orderBy('c.id', 'DESC')
    .limit(query.limit + 1);
  if (after) channels.andWhere('c.id < :after', { after });
  if (query.channelType) channels.andWhere('c.channelType = :channelType', { channelType: query.channelType });
  if (query.providerType) channels.andWhere('c.providerType = :providerType', { providerType: query.providerType });
  return channels.getMany();
}

export async function nameIsTaken(tx: Tx, name: string): Promise<boolean> {
  const rows = await tx.query(
    'SELECT 1 FROM communication_channel WHERE tenant_id = $1 AND name = $2 AND deleted_at IS NULL',
    [tx.tenantId, name],
  );
  return rows.length > 0;
}

/** A channel type has one default: the last one that was made it. */
export async function takeDefaultFromOthers(tx: Tx, channelType: string): Promise<void> {
  await tx.query(
    `UPDATE communication_channel SET is_default = false, updated_at = now()
     WHERE tenant_id = $1 AND channel_type = $2 AND is_default`,
    [tx.tenantId, channelType],
  );
}
