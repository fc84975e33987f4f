import type { Tx } from '../../platform/db/tenant-db';
import { GATE, type GateRule, type GateVerdict } from './gate';

/** A message as the gate is asked about it. */
export interface GateQuestion {
  channelId: string;
  channelType: string;
  /** Normalised. */
  address: string;
  /** Null where nobody is known to hold the address. */
  contactId: string | null;
  /** The message itself does not count against the caps. */
  messageId: string;
  /** TRANSACTIONAL or MARKETING. */
  purpose: string;
  topic: string | null;
  lane: string;
}

export interface GateAnswer {
  verdict: GateVerdict;
  rule: GateRule | null;
  /** When quiet hours end. */
  openAt: Date | null;
}

const ASK = `
WITH asked AS (SELECT $1::uuid AS tenant_id, $2::uuid AS channel_id, $3::text AS channel_type, $4::text AS address,
  $5::uuid AS contact_id, $6::uuid AS message_id, $7::text AS purpose, $8::text AS topic, $9::text AS lane)
SELECT verdict, rule, open_at AS "openAt" FROM (${GATE}) answer`;

/** What the gate would say now. Decides nothing: the dispatch asks again, in its own transaction. */
export async function askGate(tx: Tx, question: GateQuestion): Promise<GateAnswer> {
  const { channelId, channelType, address, contactId, messageId, purpose, topic, lane } = question;
  const [answer] = await tx.query<GateAnswer>(ASK, [
    tx.tenantId,
    channelId,
    channelType,
    address,
    contactId,
    messageId,
    purpose,
    topic,
    lane,
  ]);
  if (!answer) throw new Error('The gate gave no answer');
  return answer;
}
