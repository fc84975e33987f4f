import { PageInfo } from '../platform/http/page-info.dto';

/** Recipients by where they stand. Everything but `total` sums to `total`. */
export class CampaignCounts {
  total: number;
  /** Left out before sending, such as a contact without an address for the channel type. */
  excluded: number;
  pending: number;
  queued: number;
  sent: number;
  delivered: number;
  read: number;
  failed: number;
  suppressed: number;
  cancelled: number;
  /** Handed to the provider with an outcome that is not known. */
  unknown: number;
}

export class CampaignMoney {
  /** Decimal number as text. */
  amount: string;
  /** ISO 4217. */
  currency: string;
}

export class CampaignCost {
  /** What it was expected to cost when it was started, one amount a currency; null before, and where that could not be told. */
  estimated: CampaignMoney[] | null;
  /** What it has cost so far, one amount a currency: the provider's own figure, or the operator's table until there is one. */
  actual: CampaignMoney[];
}

export class CampaignDomainRate {
  domain: string;
  /** Most messages a second to addresses of it. */
  perSecond: number;
}

export class CampaignRate {
  /** Most messages a second; null: as fast as the channel allows. */
  perSecond: number | null;
  domains: CampaignDomainRate[];
}

export class CampaignRampUp {
  /** Most messages in the first 24 hours. */
  firstDay: number;
  /** How many times as many each day as on the day before. */
  factor: number;
}

export class CampaignAutoPause {
  bouncePercent: number | null;
  complaintPercent: number | null;
  minimum: number;
}

export class CampaignTest {
  sharePercent: number;
  decideAfterMinutes: number;
  /** DELIVERED, OPENED, CLICKED or REPLIED. */
  metric: string;
  /** Place in `variants` of the one that the others get; null until it is chosen. */
  winner: number | null;
  decidedAt: string | null;
}

/** Why the bulk send stands where it stands. */
export class CampaignReason {
  /** `bounce_rate`, `complaint_rate`, `template_unusable`, `missed`. */
  code: string;
  detail: string;
}

/** How many recipients stand somewhere for one reason. */
export class ReasonCount {
  /** EXCLUDED, SUPPRESSED, FAILED, CANCELLED or UNKNOWN. */
  status: string;
  /** `no_address`, `suppressed`, `invalid_recipient` and so on. */
  reasonCode: string | null;
  count: number;
}

export class CampaignVariant {
  templateId: string | null;
  content: Record<string, unknown> | null;
  weight: number;
}

/** Whether clicks and openings are told; null: as the tenant has set when a message is made. */
export class CampaignTracking {
  clicks: boolean | null;
  opens: boolean | null;
}

export class CampaignResponse {
  id: string;
  name: string;
  channelId: string;
  channelType: string;
  templateId: string | null;
  content: Record<string, unknown> | null;
  variants: CampaignVariant[];
  /** MARKETING or TRANSACTIONAL. */
  purpose: string;
  /**
   * DRAFT until it is started. SCHEDULED, PREPARING, RUNNING, PAUSED. In the end COMPLETED: everyone who was to get it was
   * written to; PARTIALLY_FAILED: some failed; FAILED: none went out; or CANCELLED.
   */
  status: string;
  /** Why it is paused by itself. */
  reason: CampaignReason | null;
  topic: string | null;
  /** at_least_once or at_most_once. */
  delivery: string;
  tracking: CampaignTracking;
  abTest: CampaignTest | null;
  rampUp: CampaignRampUp | null;
  autoPause: CampaignAutoPause | null;
  /** Recipients that were named again under an address that was there already. */
  duplicates: number;
  scheduledAt: string | null;
  timezone: string | null;
  /** It recurs: each of its times becomes a bulk send of its own, with this one as its parentId. */
  recurrence: string | null;
  parentId: string | null;
  /** The time of its parent at which it runs. */
  occurrenceAt: string | null;
  segment: Record<string, unknown> | null;
  inRecipientTimezone: boolean;
  rate: CampaignRate | null;
  metadata: Record<string, unknown>;
  counts: CampaignCounts;
  cost: CampaignCost;
  createdAt: string;
  updatedAt: string;
  /** The key or user that made it, and the one that approved it. */
  createdBy: string | null;
  approvedBy: string | null;
  approvedAt: string | null;
  startedAt: string | null;
  finishedAt: string | null;
}

export class DetailedCampaignResponse extends CampaignResponse {
  /** Those of the counts that have a reason, by reason. */
  reasons: ReasonCount[];
  /** Its next five times, where it recurs. */
  nextOccurrences: string[];
}

export class RetriedCampaignResponse extends CampaignResponse {
  /** Recipients that are tried again. */
  retried: number;
}

export class CampaignPage {
  data: CampaignResponse[];
  page: PageInfo;
}

export class BulkRecipientResponse {
  /** Normalised address; null for a contact that has none. */
  to: string | null;
  contactId: string | null;
  /** EXCLUDED, PENDING, QUEUED, SENT, DELIVERED, READ, FAILED, SUPPRESSED, CANCELLED or UNKNOWN. */
  status: string;
  /** Why it is excluded, suppressed, cancelled or failed: `no_address`. */
  reasonCode: string | null;
  /** The same in words. */
  reasonDetail: string | null;
  /** Place of its variant in `variants`; null where there are none, or before it was chosen. */
  variant: number | null;
  /** The message that went to it. */
  messageId: string | null;
  variables: Record<string, unknown>;
  createdAt: string;
  updatedAt: string;
}

export class BulkRecipientPage {
  data: BulkRecipientResponse[];
  page: PageInfo;
}

export class TestMessage {
  to: string;
  /** The message; GET /messages/{id} tells what became of it. */
  id: string;
  status: string;
}

export class TestCampaignResponse {
  messages: TestMessage[];
}
