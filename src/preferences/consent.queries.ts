import type { Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { ChannelType } from '../providers/provider';
import type { SuppressionPurpose } from './reasons';

/** Who said what about an address. */
export interface ConsentStatement {
  channelType: ChannelType;
  /** Normalised. */
  address: string;
  action: 'OPTED_OUT' | 'OPTED_IN' | 'COMPLAINED' | 'HARD_BOUNCED' | 'SUPPRESSED' | 'LIFTED';
  purpose: SuppressionPurpose;
  /** Where it was said: STOP, a provider's word, api. */
  source: string;
  /** User or key that wrote it down; null when the person said it to a provider. */
  actor: string | null;
  messageId: string | null;
}

/** Appends to the proof of consent. Nothing in it is ever changed. */
export async function appendConsent(tx: Tx, statement: ConsentStatement): Promise<void> {
  const { channelType, address, action, purpose, source, actor, messageId } = statement;
  await tx.query(
    `INSERT INTO consent_event (tenant_id, id, channel_type, address, action, purpose, source, actor, message_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [tx.tenantId, uuidv7(), channelType, address, action, purpose, source, actor, messageId],
  );
}
