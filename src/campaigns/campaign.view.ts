import type { BulkRecipientResponse, CampaignResponse } from './campaign-response.dto';
import type { CampaignRow } from './campaign.queries';
import type { RecipientRow } from './recipient.queries';
import { CONTACT_KEY } from './recipients';

/** A bulk send as the API shows it. */
export function campaignView({ ratePerSecond, cost, ...row }: CampaignRow): CampaignResponse {
  return {
    ...row,
    rate: ratePerSecond === null ? null : { perSecond: Number(ratePerSecond) },
    cost: { estimated: null, actual: cost },
    scheduledAt: row.scheduledAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}

/** A recipient as the API shows it. */
export function recipientView({ id, ...row }: RecipientRow): BulkRecipientResponse {
  return {
    ...row,
    to: id.startsWith(CONTACT_KEY) ? null : id,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
