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
  /** What it is expected to cost, one amount a currency; null while no estimate was made. */
  estimated: CampaignMoney[] | null;
  /** What the providers have charged so far, one amount a currency. */
  actual: CampaignMoney[];
}

export class CampaignRate {
  /** Most messages a second. */
  perSecond: number;
}

export class CampaignVariant {
  templateId: string | null;
  content: Record<string, unknown> | null;
  weight: number;
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
   * DRAFT, SCHEDULED, PREPARING, RUNNING, PAUSED, COMPLETED, PARTIALLY_FAILED, CANCELLED or FAILED. A new bulk send is
   * DRAFT, also with scheduledAt, and stays so: this version keeps bulk sends and does not send them yet.
   */
  status: string;
  scheduledAt: string | null;
  timezone: string | null;
  recurrence: string | null;
  rate: CampaignRate | null;
  metadata: Record<string, unknown>;
  counts: CampaignCounts;
  cost: CampaignCost;
  createdAt: string;
  updatedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

export class CreatedCampaignResponse extends CampaignResponse {
  /** Recipients of the request that were merged into another with the same address. */
  duplicates: number;
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
  /** Why it is excluded, suppressed or failed: `no_address`. */
  reasonCode: string | null;
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
