import { GATE_REASONS } from '../../preferences/gate/reasons';
import { BUDGET_HELD } from '../budget/budget-hold';
import type { CommunicationMessage } from '../communication-message.entity';
import type { MessageResponse } from './message-response.dto';

/** A message as the API shows it: named fields only. */
export function messageView(m: CommunicationMessage): MessageResponse {
  return {
    id: m.id,
    sessionId: m.sessionId,
    contactId: m.contactId,
    channelId: m.channelId,
    channelType: m.channelType,
    providerType: m.providerType,
    direction: m.direction,
    from: m.fromAddress,
    to: m.toAddress,
    messageType: m.messageType,
    content: m.content,
    purpose: m.purpose,
    topic: m.topic,
    lane: m.lane,
    delivery: m.delivery,
    status: m.status,
    reason: reasonOf(m),
    providerMessageId: m.providerMessageId,
    attempts: m.attempts,
    cost: costOf(m),
    templateId: m.templateId,
    templateVersion: m.templateVersion,
    metadata: m.metadata,
    clientReference: m.clientReference,
    sentiment:
      m.sentiment === null || m.sentimentScore === null ? null : { label: m.sentiment, score: m.sentimentScore },
    tracking: { clicks: m.trackClicks, opens: m.trackOpens },
    createdAt: m.createdAt.toISOString(),
    ...timesOf(m),
  };
}

/** Why it stands where it stands: code and words, the row that decided, and what would change it. */
export function reasonOf(m: CommunicationMessage): MessageResponse['reason'] {
  if (m.reasonCode === null) return null;
  const remedy = REASONS.find(({ code }) => code === m.reasonCode)?.remedy ?? null;
  return { code: m.reasonCode, detail: m.reasonDetail, rule: m.reasonRule, remedy };
}

const REASONS = [...Object.values(GATE_REASONS), BUDGET_HELD];

function costOf(m: CommunicationMessage): MessageResponse['cost'] {
  if (m.costAmount === null || m.costCurrency === null) return null;
  return { amount: m.costAmount, currency: m.costCurrency, parts: m.parts, estimated: m.costEstimated ?? true };
}

function timesOf(m: CommunicationMessage) {
  const text = (date: Date | null): string | null => date?.toISOString() ?? null;
  return {
    scheduledAt: text(m.scheduledAt),
    expiresAt: text(m.expiresAt),
    sentAt: text(m.sentAt),
    deliveredAt: text(m.deliveredAt),
    readAt: text(m.readAt),
    failedAt: text(m.failedAt),
    openedAt: text(m.openedAt),
    machineOpenedAt: text(m.machineOpenedAt),
    clickedAt: text(m.clickedAt),
    complainedAt: text(m.complainedAt),
  };
}
