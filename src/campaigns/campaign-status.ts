/** The life of a bulk send. */
export const CAMPAIGN_STATUSES = [
  'DRAFT',
  'SCHEDULED',
  'PREPARING',
  'RUNNING',
  'PAUSED',
  'COMPLETED',
  'PARTIALLY_FAILED',
  'CANCELLED',
  'FAILED',
] as const;
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number];

/** Where one recipient stands; every recipient is in exactly one of these, so their counts sum to the total. */
export const RECIPIENT_STATUSES = [
  'EXCLUDED',
  'PENDING',
  'QUEUED',
  'SENT',
  'DELIVERED',
  'READ',
  'FAILED',
  'SUPPRESSED',
  'CANCELLED',
  'UNKNOWN',
] as const;
export type RecipientStatus = (typeof RECIPIENT_STATUSES)[number];

/** What a person may do with a bulk send, from which status, and where that leads. */
export const ACTIONS = {
  approve: ['DRAFT'],
  start: ['DRAFT'],
  pause: ['SCHEDULED', 'PREPARING', 'RUNNING'],
  resume: ['PAUSED'],
  cancel: ['DRAFT', 'SCHEDULED', 'PREPARING', 'RUNNING', 'PAUSED'],
  'retry-failed': ['RUNNING', 'PAUSED', 'COMPLETED', 'PARTIALLY_FAILED', 'FAILED'],
} as const satisfies Readonly<Record<string, readonly CampaignStatus[]>>;
export type CampaignAction = keyof typeof ACTIONS;
