import { Injectable } from '@nestjs/common';
import { ChannelAccounts } from '../channels/channel-accounts';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import { log } from '../platform/log';
import type { ChannelType } from '../providers/provider';
import type { CreateCampaignDto } from './campaign.dto';
import { addressesOfContacts } from './campaign.queries';
import type { CampaignMoney } from './campaign-response.dto';
import { channelOf } from './campaign-channel';
import { checkShape } from './campaign-shape';
import { checkTemplates, segmentOf } from './campaigns.service';
import { CostEstimates, counted, MOST_PRICED, type EstimatedVersion } from './estimate';
import type { EstimatedCount, EstimateResponse } from './estimate.dto';
import { audienceOf, countStored, findStoredSend, spreadOfStored, type SegmentAudience } from './estimate.queries';
import { mergeRecipients } from './recipients';
import type { Segment } from './segments/segment-tree';

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
    const open = await channelOf(this.accounts, caller, input);
    const { channelType } = open.account;
    const { recipients, duplicates, others } = await this.db.run(caller.tenantId, async (tx) => {
      await checkTemplates(tx, input, channelType);
      const contactIds = (input.recipients ?? []).flatMap(({ contactId }) => contactId ?? []);
      const contacts = await addressesOfContacts(tx, channelType, contactIds);
      const others = await othersOf(tx, await segmentOf(tx, caller, input), channelType);
      return { ...mergeRecipients(channelType, input.recipients ?? [], contacts), others };
    });
    const addressed = recipients.filter(({ status }) => status === 'PENDING');
    const reasons = recipients.flatMap(({ reasonCode }) => (reasonCode ? [{ code: reasonCode, pointer: null }] : []));
    return this.estimates.of(caller, {
      open,
      purpose: input.purpose ?? 'MARKETING',
      topic: input.topic ?? null,
      versions: versionsOf(input),
      addressed: [...addressed, ...others.addressed].slice(0, MOST_PRICED),
      count: addressed.length + others.reachable,
      recipients: {
        total: recipients.length + others.total,
        duplicates,
        excluded: withUnreached(counted(reasons), others),
      },
    });
  }

  /** What a stored bulk send will cost; null where nobody can tell, which keeps no bulk send from starting. */
  async costOf(caller: Caller, id: string): Promise<CampaignMoney[] | null> {
    try {
      return (await this.estimateStored(caller, id)).cost;
    } catch (error) {
      if (!(error instanceof Problem))
        log.warn({ err: error, tenantId: caller.tenantId, campaignId: id }, 'the cost of a bulk send cannot be told');
      return null;
    }
  }

  /** Of a bulk send that is stored: what those of its recipients will cost who have no message yet. Throws Problem 404. */
  async estimateStored(caller: Caller, id: string): Promise<EstimateResponse> {
    const stored = await this.db.run(caller.tenantId, (tx) => findStoredSend(tx, id));
    if (!stored) throw Problem.notFound('bulk send');
    const open = await channelOf(this.accounts, caller, stored);
    const { counts, count, addressed, others } = await this.db.run(caller.tenantId, async (tx) => {
      const counts = await countStored(tx, id);
      const count = sum(counts.filter(({ status }) => status === 'PENDING'));
      const addressed = await spreadOfStored(tx, id, Math.max(1, Math.ceil(count / MOST_PRICED)));
      const others = await othersOf(tx, stored.segment, open.account.channelType);
      return { counts, count, addressed, others };
    });
    const { variants } = stored;
    const excluded = counts.filter(({ status }) => status === 'EXCLUDED');
    return this.estimates.of(caller, {
      open,
      purpose: stored.purpose === 'TRANSACTIONAL' ? stored.purpose : 'MARKETING',
      topic: stored.topic,
      versions: versionsOf({ ...stored, variants: variants.length ? variants : undefined }),
      addressed: [...addressed, ...others.addressed].slice(0, MOST_PRICED),
      count: count + others.reachable,
      recipients: {
        total: sum(counts) + others.total,
        duplicates: stored.duplicates,
        excluded: withUnreached(
          excluded.map((each) => ({ code: each.reasonCode ?? 'excluded', pointer: null, count: each.count })),
          others,
        ),
      },
    });
  }
}

const NOBODY: SegmentAudience = { total: 0, reachable: 0, addressed: [] };

/** Contacts of the segment come to those who are named; one who is both is counted twice here. */
async function othersOf(tx: Tx, segment: Segment | null, channelType: ChannelType): Promise<SegmentAudience> {
  return segment ? audienceOf(tx, segment, { channelType, limit: MOST_PRICED }) : NOBODY;
}

function withUnreached(excluded: EstimatedCount[], { total, reachable }: SegmentAudience): EstimatedCount[] {
  const unreached = total - reachable;
  return unreached ? [...excluded, { code: 'no_address', pointer: null, count: unreached }] : excluded;
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
