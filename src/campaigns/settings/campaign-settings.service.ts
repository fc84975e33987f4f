import { Injectable } from '@nestjs/common';
import { audit } from '../../permissions/audit';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import type { CampaignSettingsResponse, UpdateCampaignSettingsDto } from './campaign-settings.dto';

/** What a tenant sets for all of its bulk sends. */
@Injectable()
export class CampaignSettingsService {
  constructor(private readonly db: TenantDb) {}

  get({ tenantId }: Caller): Promise<CampaignSettingsResponse> {
    return this.db.run(tenantId, campaignSettings);
  }

  update(caller: Caller, { approvalRequired }: UpdateCampaignSettingsDto): Promise<CampaignSettingsResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      await tx.query(
        `UPDATE tenant SET campaign_approval = coalesce($2, campaign_approval), updated_at = now() WHERE id = $1`,
        [tx.tenantId, approvalRequired ?? null],
      );
      await audit(tx, caller, 'campaign_settings.updated', 'tenant', tx.tenantId, { approvalRequired });
      return campaignSettings(tx);
    });
  }
}

export async function campaignSettings(tx: Tx): Promise<CampaignSettingsResponse> {
  const [row] = await tx.query<CampaignSettingsResponse>(
    `SELECT campaign_approval AS "approvalRequired" FROM tenant WHERE id = $1`,
    [tx.tenantId],
  );
  if (!row) throw new Error('The tenant of the transaction is gone');
  return row;
}
