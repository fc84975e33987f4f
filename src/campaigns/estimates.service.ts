import { Injectable } from '@nestjs/common';
import { ChannelAccounts, type OpenChannel } from '../channels/channel-accounts';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import type { CreateCampaignDto } from './campaign.dto';
import { addressesOfContacts } from './campaign.queries';
import { checkShape } from './campaign-shape';
import { checkTemplates } from './campaigns.service';
import { CostEstimates, type EstimatedVersion } from './estimate';
import type { EstimateResponse } from './estimate.dto';
import { mergeRecipients } from './recipients';

/** From a request for a bulk send to what it would cost. */
@Injectable()
export class EstimatesService {
  constructor(
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    private readonly estimates: CostEstimates,
  ) {}

  /** Throws what storing the bulk send would throw: Problem 404 for a channel that is not the caller's, 422 by field. */
  async estimate(caller: Caller, input: CreateCampaignDto): Promise<EstimateResponse> {
    checkShape(input);
    const open = await this.channelOf(caller, input);
    const { channelType } = open.account;
    const merged = await this.db.run(caller.tenantId, async (tx) => {
      await checkTemplates(tx, input, { channelType });
      const contactIds = (input.recipients ?? []).flatMap(({ contactId }) => contactId ?? []);
      return mergeRecipients(
        channelType,
        input.recipients ?? [],
        await addressesOfContacts(tx, channelType, contactIds),
      );
    });
    const purpose = input.purpose ?? 'MARKETING';
    return this.estimates.of(caller, { open, purpose, topic: null, versions: versionsOf(input), ...merged });
  }

  private async channelOf({ tenantId }: Caller, { channelId, channelType }: CreateCampaignDto): Promise<OpenChannel> {
    if (channelId != null) {
      const open = await this.accounts.find(tenantId, channelId);
      if (!open) throw Problem.notFound('channel');
      return open;
    }
    const open = channelType == null ? undefined : await this.accounts.findDefault(tenantId, channelType);
    if (!open) throw Problem.invalidField('/channelType', `there is no default channel for ${channelType}`);
    return open;
  }
}

function versionsOf({ templateId, content, variants }: CreateCampaignDto): EstimatedVersion[] {
  const given = variants ?? [{ templateId, content, weight: 1 }];
  return given.map((variant) => ({
    weight: variant.weight,
    words: {
      ...(variant.templateId != null && { templateId: variant.templateId }),
      ...(variant.content != null && { content: variant.content }),
    },
  }));
}
