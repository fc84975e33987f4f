import type { BulkRecipientResponse, CampaignResponse } from './campaign-response.dto';
import type { CampaignRow } from './campaign.queries';
import type { RecipientRow } from './recipient.queries';
import { CONTACT_KEY } from './recipients';

/** A bulk send as the API shows it. */
export function campaignView({
  ratePerSecond,
  domainRates,
  estimatedCost,
  cost,
  reasonCode,
  reasonDetail,
  abTest,
  winner,
  winnerDecidedAt,
  firstLocalAt: _firstLocalAt,
  ...row
}: CampaignRow): CampaignResponse {
  const perSecond = ratePerSecond === null ? null : Number(ratePerSecond);
  return {
    ...row,
    reason: reasonCode === null ? null : { code: reasonCode, detail: reasonDetail ?? '' },
    abTest: abTest && { ...abTest, winner, decidedAt: iso(winnerDecidedAt) },
    rate: perSecond === null && !domainRates.length ? null : { perSecond, domains: domainRates },
    cost: { estimated: estimatedCost, actual: cost },
    scheduledAt: iso(row.scheduledAt),
    occurrenceAt: iso(row.occurrenceAt),
    approvedAt: iso(row.approvedAt),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    startedAt: iso(row.startedAt),
    finishedAt: iso(row.finishedAt),
  };
}

/** A recipient as the API shows it. */
export function recipientView({ key, id: _id, ...row }: RecipientRow): BulkRecipientResponse {
  return {
    ...row,
    to: key.startsWith(CONTACT_KEY) ? null : key,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

function iso(at: Date | null): string | null {
  return at?.toISOString() ?? null;
}
