import { Injectable } from '@nestjs/common';
import { ChannelAccounts, type OpenChannel } from '../channels/channel-accounts';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';
import type { CreateCampaignDto } from './campaign.dto';
import { addressesOfContacts } from './campaign.queries';
import { checkShape } from './campaign-shape';
import { checkTemplates } from './campaigns.service';
import { CostEstimates, counted, MOST_PRICED, type EstimatedVersion } from './estimate';
import type { EstimateResponse } from './estimate.dto';
import { countStored, findStoredSend, spreadOfStored } from './estimate.queries';
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
    const { recipients, duplicates } = await this.db.run(caller.tenantId, async (tx) => {
      await checkTemplates(tx, input, { channelType });
      const contactIds = (input.recipients ?? []).flatMap(({ contactId }) => contactId ?? []);
      return mergeRecipients(
        channelType,
        input.recipients ?? [],
        await addressesOfContacts(tx, channelType, contactIds),
      );
    });
    const addressed = recipients.filter(({ status }) => status === 'PENDING');
    const reasons = recipients.flatMap(({ reasonCode }) => (reasonCode ? [{ code: reasonCode, pointer: null }] : []));
    return this.estimates.of(caller, {
      open,
      purpose: input.purpose ?? 'MARKETING',
      topic: null,
      versions: versionsOf(input),
      addressed,
      count: addressed.length,
      recipients: { total: recipients.length, duplicates, excluded: counted(reasons) },
    });
  }

  /** Of a bulk send that is stored: what those of its recipients will cost who have no message yet. Throws Problem 404. */
  async estimateStored(caller: Caller, id: string): Promise<EstimateResponse> {
    const { send, counts, count, addressed } = await this.db.run(caller.tenantId, async (tx) => {
      const counts = await countStored(tx, id);
      const count = sum(counts.filter(({ status }) => status === 'PENDING'));
      const addressed = await spreadOfStored(tx, id, Math.max(1, Math.ceil(count / MOST_PRICED)));
      return { send: await findStoredSend(tx, id), counts, count, addressed };
    });
    if (!send) throw Problem.notFound('bulk send');
    const { variants } = send;
    const excluded = counts.filter(({ status }) => status === 'EXCLUDED');
    return this.estimates.of(caller, {
      open: await this.channelOf(caller, send),
      purpose: send.purpose === 'TRANSACTIONAL' ? send.purpose : 'MARKETING',
      topic: null,
      versions: versionsOf({ ...send, variants: variants.length ? variants : undefined }),
      addressed,
      count,
      recipients: {
        total: sum(counts),
        duplicates: 0,
        excluded: excluded.map((each) => ({ code: each.reasonCode ?? 'excluded', pointer: null, count: each.count })),
      },
    });
  }

  private async channelOf(
    { tenantId }: Caller,
    { channelId, channelType }: { channelId?: string | null; channelType?: ChannelType | null },
  ): Promise<OpenChannel> {
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

interface Said {
  templateId?: string | null;
  content?: object | null;
}

function versionsOf({
  variants,
  ...one
}: Said & { variants?: (Said & { weight: number })[] | undefined }): EstimatedVersion[] {
  const given = variants ?? [{ ...one, weight: 1 }];
  return given.map((variant) => ({
    weight: variant.weight,
    words: {
      ...(variant.templateId != null && { templateId: variant.templateId }),
      ...(variant.content != null && { content: variant.content }),
    },
  }));
}

function sum(counts: readonly { count: number }[]): number {
  return counts.reduce((all, { count }) => all + count, 0);
}
