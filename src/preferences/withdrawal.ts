import type { Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { ChannelType } from '../providers/provider';
import { appendConsent } from './consent.queries';
import type { SuppressionPurpose } from './reasons';
import { addSuppression, liftOptOuts } from './suppression.queries';

/** What a person, or a person's mailbox, made known through a provider. */
export interface Statement {
  channelType: ChannelType;
  /** Normalised; what cannot be normalised is kept as it came. */
  address: string;
  action: 'OPTED_OUT' | 'OPTED_IN' | 'COMPLAINED' | 'HARD_BOUNCED';
  /** The provider's own word for it. */
  source: string;
  /** The message that it was said about. */
  messageId?: string;
}

/**
 * Puts into force what was made known, and keeps the proof. In force for the next dispatch once `tx` commits. The same
 * statement twice suppresses once; both are kept as proof.
 */
export async function recordConsent(tx: Tx, statement: Statement): Promise<void> {
  const { channelType, action } = statement;
  const address = statement.address.slice(0, LONGEST_ADDRESS);
  const source = statement.source.slice(0, LONGEST_SOURCE) || 'provider';
  const purpose = purposeOf(statement);
  const messageId = statement.messageId ?? null;
  if (action === 'OPTED_IN') await liftOptOuts(tx, channelType, address);
  else {
    const suppression = { channelType, address, purpose, reason: action, source, messageId, expiresAt: null };
    await addSuppression(tx, { id: uuidv7(), ...suppression });
  }
  await appendConsent(tx, { channelType, address, action, purpose, source, actor: null, messageId });
}

const LONGEST_ADDRESS = 320;
const LONGEST_SOURCE = 200;

/**
 * STOP in a chat ends everything (as carriers demand of SMS). Unsubscribing from an
 * e-mail ends what advertises (RFC 8058 is about lists); the receipt of an order still arrives. A complaint or an address
 * that does not exist ends everything.
 */
function purposeOf({ channelType, action }: Statement): SuppressionPurpose {
  return channelType === 'EMAIL' && action === 'OPTED_OUT' ? 'MARKETING' : 'ALL';
}
