import type { Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { ChannelType } from '../providers/provider';
import type { SuppressionPurpose } from './reasons';

/** What can be said about consent. OPT_IN_REQUESTED: the person was asked to confirm, and has not answered yet. */
export const CONSENT_ACTIONS = [
  'OPTED_OUT',
  'OPTED_IN',
  'OPT_IN_REQUESTED',
  'COMPLAINED',
  'HARD_BOUNCED',
  'SUPPRESSED',
  'LIFTED',
] as const;
export type ConsentAction = (typeof CONSENT_ACTIONS)[number];

/** Who said what about an address. */
export interface ConsentStatement {
  channelType: ChannelType;
  /** Normalised. */
  address: string;
  action: ConsentAction;
  purpose: SuppressionPurpose;
  /** Where it was said: STOP, a provider's word, api, preference page, one-click. */
  source: string;
  /** User or key that wrote it down; null when the person said it. */
  actor: string | null;
  messageId: string | null;
  /** The list that it is about; left out: all of the purpose. */
  topic?: string | null;
  /** The request that it makes or answers. At most one of each action a request. */
  requestId?: string | null;
  /** Where the person's browser was, as far as the network tells. */
  ip?: string | null;
  userAgent?: string | null;
  detail?: Readonly<Record<string, unknown>> | null;
}

const APPEND = `
INSERT INTO consent_event (tenant_id, id, channel_type, address, action, purpose, source, actor, message_id, topic,
  request_id, ip, user_agent, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (tenant_id, request_id, action) WHERE request_id IS NOT NULL DO NOTHING RETURNING id`;

/**
 * Appends to the proof of consent. Nothing in it is ever changed. False, with nothing appended, where the request has this
 * answer already.
 */
export async function appendConsent(tx: Tx, statement: ConsentStatement): Promise<boolean> {
  const { channelType, address, action, purpose, source, actor, messageId } = statement;
  const { topic = null, requestId = null, ip = null, userAgent = null, detail = null } = statement;
  const said = [channelType, address, action, purpose, source, actor, messageId, topic];
  const proof = [requestId, ip, userAgent, detail && JSON.stringify(detail)];
  const rows = await tx.query(APPEND, [tx.tenantId, uuidv7(), ...said, ...proof]);
  return rows.length > 0;
}

export interface ConsentRow {
  id: string;
  channelType: ChannelType;
  address: string;
  action: ConsentAction;
  purpose: SuppressionPurpose;
  topic: string | null;
  source: string;
  actor: string | null;
  messageId: string | null;
  requestId: string | null;
  ip: string | null;
  userAgent: string | null;
  at: Date;
}

export interface ConsentFilter {
  channelType: string | null;
  address: string | null;
  action: string | null;
  /** Id to continue behind. */
  after: string | null;
  limit: number;
}

const LIST = `
SELECT id, channel_type AS "channelType", address, action, purpose, topic, source, actor, message_id AS "messageId",
  request_id AS "requestId", ip, user_agent AS "userAgent", at
FROM consent_event
WHERE tenant_id = $1 AND ($2::uuid IS NULL OR id < $2) AND ($3::text IS NULL OR channel_type = $3)
  AND ($4::text IS NULL OR address = $4) AND ($5::text IS NULL OR action = $5)
ORDER BY id DESC LIMIT $6`;

/** Newest first, one more than the limit. */
export function listConsent(tx: Tx, { channelType, address, action, after, limit }: ConsentFilter) {
  return tx.query<ConsentRow>(LIST, [tx.tenantId, after, channelType, address, action, limit + 1]);
}
