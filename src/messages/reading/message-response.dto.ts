import { PageInfo } from '../../platform/http/page-info.dto';

/** Why, in short. */
export class RefusalView {
  /** Stable code. */
  code: string;
  /** In words. */
  detail: string;
}

export class ReasonView {
  /** Stable code. */
  code: string;
  /** In words. */
  detail: string | null;
  /** The row that decided, where one did: its type and id, since when it is there, and what it says. */
  rule: Record<string, unknown> | null;
  /** What would change it; null where the status says it all. */
  remedy: string | null;
}

/** What a caller hears of a message that was accepted; complete before the commit, so that it can be stored with it. */
export class AcceptedMessage {
  id: string;
  /** QUEUED; SCHEDULED when scheduledAt lies ahead; SUPPRESSED when the recipient must not be written to. */
  status: 'QUEUED' | 'SCHEDULED' | 'SUPPRESSED';
  /** Why it is suppressed; GET /messages/{id}/why names the rule. */
  reason: RefusalView | null;
  channelId: string;
  channelType: string;
  /** Address as it was normalised. */
  to: string;
  scheduledAt: string | null;
  clientReference: string | null;
}

export class CostView {
  /** Decimal number as text. */
  amount: string;
  /** ISO 4217. */
  currency: string;
  /** Parts that a long SMS was split into. */
  parts: number | null;
  /** True while the provider has not said what it took. */
  estimated: boolean;
}

/** What would become of a message. */
export class DryRunResponse {
  /** QUEUED; SCHEDULED for later; DEFERRED until quiet hours end; SUPPRESSED. */
  outcome: 'QUEUED' | 'SCHEDULED' | 'DEFERRED' | 'SUPPRESSED';
  /** What the gate says now, and which row makes it say so; null when it would pass. */
  reason: ReasonView | null;
  /** When it would go; null for at once, or never. */
  goesAt: string | null;
  channelId: string;
  channelType: string;
  providerType: string;
  from: string;
  /** Address as it was normalised. */
  to: string;
  messageType: string;
  /** What the provider would be given. */
  content: Record<string, unknown>;
  templateId: string | null;
  templateVersion: number | null;
  /** Parts of an SMS; null on other channel types. */
  parts: number | null;
  /** By the operator's price table; null when it has no line for it. */
  cost: CostView | null;
}

export class TimelineEntry {
  /** RFC 3339. */
  at: string;
  /** ACCEPTED, SCHEDULED, DISPATCHED, an outcome, a provider event, CANCELLED, … */
  type: string;
  /** What is known about it. */
  detail: Record<string, unknown>;
}

export class MessageSentiment {
  /** POSITIVE, NEUTRAL or NEGATIVE. */
  label: string;
  /** From -1 to 1. */
  score: number;
}

export class TrackingView {
  clicks: boolean;
  opens: boolean;
}

export class MessageResponse {
  id: string;
  sessionId: string;
  contactId: string;
  channelId: string;
  channelType: string;
  providerType: string;
  /** OUTBOUND or INBOUND; INTERNAL for a note among colleagues. */
  direction: string;
  /** Of a note: who wrote it. */
  from: string;
  to: string;
  messageType: string;
  content: Record<string, unknown>;
  purpose: string;
  topic: string | null;
  lane: string;
  delivery: string;
  /** SCHEDULED, QUEUED, SENDING, UNKNOWN, SENT, DELIVERED, READ, FAILED, SUPPRESSED, CANCELLED, EXPIRED; RECEIVED for inbound, NOTED for a note. */
  status: string;
  /** Why it stands where it stands; null when there is nothing to explain. */
  reason: ReasonView | null;
  providerMessageId: string | null;
  /** Calls made to the provider. */
  attempts: number;
  cost: CostView | null;
  templateId: string | null;
  templateVersion: number | null;
  metadata: Record<string, unknown>;
  clientReference: string | null;
  /** Mood of what came in; null where it is not asked for, or cannot be told. */
  sentiment: MessageSentiment | null;
  /** Whether clicks and openings are told. */
  tracking: TrackingView;
  createdAt: string;
  scheduledAt: string | null;
  expiresAt: string | null;
  sentAt: string | null;
  deliveredAt: string | null;
  readAt: string | null;
  failedAt: string | null;
  /** By a person, as far as can be told. */
  openedAt: string | null;
  /** By a machine: a mailbox that fetches pictures in advance, a scanner. */
  machineOpenedAt: string | null;
  clickedAt: string | null;
  complainedAt: string | null;
}

export class MessageWithTimeline extends MessageResponse {
  /** Everything that happened, oldest first. */
  timeline: TimelineEntry[];
}

export class MessagePage {
  data: MessageResponse[];
  page: PageInfo;
}

export class GateView {
  /** GO, SUPPRESSED, DO_NOT_CONTACT, OPTED_OUT, NOT_OPTED_IN, FREQUENCY_CAPPED or QUIET_HOURS. */
  verdict: string;
  /** The row that decides. */
  rule: Record<string, unknown> | null;
  /** When quiet hours end. */
  opensAt: string | null;
}

export class WhyResponse {
  id: string;
  status: string;
  /** The rule that decided, in one sentence. */
  explanation: string;
  reason: ReasonView | null;
  /** When the message came to stand there. */
  since: string;
  /** When something happens next by itself; null when nothing will. */
  nextAt: string | null;
  /** What would change it. */
  remedy: string;
  /** What the gate would say if it were asked now; null for a message that is out, or came in. */
  gate: GateView | null;
}
