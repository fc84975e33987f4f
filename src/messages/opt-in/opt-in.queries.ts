import type { Tx } from '../../platform/db/tenant-db';
import type { ChannelType } from '../../providers/provider';

/** What is asked, and where. */
export interface OptInQuestion {
  channelType: ChannelType;
  address: string;
  topic: string | null;
}

/** A request that was made lately. */
export interface LateRequest {
  requestId: string;
  messageId: string;
  at: Date;
  /** The Idempotency-Key that it came with. */
  key: string | null;
  isToday: boolean;
}

/** The last request of the address and topic; undefined: there was none. */
export async function lastRequest(
  tx: Tx,
  { channelType, address, topic }: OptInQuestion,
): Promise<LateRequest | undefined> {
  const [row] = await tx.query<LateRequest>(
    `SELECT request_id AS "requestId", message_id AS "messageId", at, detail ->> 'key' AS key,
       at > now() - interval '24 hours' AS "isToday"
     FROM consent_event
     WHERE tenant_id = $1 AND channel_type = $2 AND address = $3 AND topic IS NOT DISTINCT FROM $4
       AND action = 'OPT_IN_REQUESTED'
     ORDER BY id DESC LIMIT 1`,
    [tx.tenantId, channelType, address, topic],
  );
  return row;
}
