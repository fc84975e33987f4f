/** Why an address must not be written to. */
export const SUPPRESSION_REASONS = ['OPTED_OUT', 'COMPLAINED', 'HARD_BOUNCED', 'MANUAL'] as const;
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/** ALL: no message at all. MARKETING: none that advertises. */
export const SUPPRESSION_PURPOSES = ['ALL', 'MARKETING'] as const;
export type SuppressionPurpose = (typeof SUPPRESSION_PURPOSES)[number];

/** Why a message is sent. */
export const PURPOSES = ['TRANSACTIONAL', 'MARKETING'] as const;
export type Purpose = (typeof PURPOSES)[number];

/** What the person said can be taken back by the person only. */
export const SAID_BY_PERSON: readonly SuppressionReason[] = ['OPTED_OUT', 'COMPLAINED'];
