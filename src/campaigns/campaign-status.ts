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
