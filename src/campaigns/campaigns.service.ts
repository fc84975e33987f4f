import { Injectable } from '@nestjs/common';
import { ChannelAccounts } from '../channels/channel-accounts';
import { checkTiming } from '../messages/accept/timing';
import { checkTracking } from '../messages/tracking/check-tracking';
import { actorOf, audit } from '../permissions/audit';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { ChannelType } from '../providers/provider';
import { templateFaults } from '../templates/template-reference.queries';
import type { BulkRecipientResponse, CampaignResponse, DetailedCampaignResponse } from './campaign-response.dto';
import type { CampaignQuery, CreateCampaignDto, RecipientQuery } from './campaign.dto';
import {
  addressesOfContacts,
  countReasons,
  findCampaign,
  insertCampaign,
  listCampaigns,
  type CampaignRow,
} from './campaign.queries';
import { channelOf } from './campaign-channel';
import { checkShape } from './campaign-shape';
import { newCampaign } from './campaign-words';
import { campaignView, recipientView } from './campaign.view';
import { addRecipients, campaignExists, listRecipients } from './recipient.queries';
import { mergeRecipients } from './recipients';
import { nextTimesOf } from './run/recurrences';
import { findSegment } from './segments/segment.queries';
import type { Segment } from './segments/segment-tree';
import { checkedSegment } from './segments/segments.service';

@Injectable()
export class CampaignsService {
  constructor(
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    private readonly cursors: Cursors,
  ) {}

  /**
   * Stores a bulk send with the recipients that are named, in one commit. Throws Problem 404 for a channel that is not the
   * caller's, 422 naming every other fault.
   */
  async create(caller: Caller, input: CreateCampaignDto): Promise<CampaignResponse> {
    checkShape(input);
    checkTiming(input.scheduledAt == null ? {} : { scheduledAt: input.scheduledAt });
    const open = await channelOf(this.accounts, caller, input);
    const { channelType } = open.account;
    // What a template says is not known yet.
    checkTracking(input.tracking, channelType, input.content ?? { html: '' });
    const id = uuidv7();
    return this.db.run(caller.tenantId, async (tx) => {
      await checkTemplates(tx, input, channelType);
      const named = input.recipients ?? [];
      const contactIds = named.flatMap(({ contactId }) => contactId ?? []);
      const contacts = await addressesOfContacts(tx, channelType, contactIds);
      const { recipients, duplicates } = mergeRecipients(channelType, named, contacts);
      await insertCampaign(tx, {
        segment: await segmentOf(tx, caller, input),
        ...newCampaign(id, input, open.channel.id),
        duplicates,
        createdBy: actorOf(caller),
      });
      await addRecipients(tx, id, recipients);
      await audit(tx, caller, 'campaign.created', 'campaign', id, { name: input.name, recipients: recipients.length });
      return readCampaign(tx, id);
    });
  }

  /** Newest first. Throws Problem 400 for a cursor of another list. */
  async list({ tenantId }: Caller, query: CampaignQuery): Promise<Page<CampaignResponse>> {
    const list = { tenantId, route: 'GET /bulk-send', query };
    const after = this.cursors.after(list);
    const campaigns = await this.db.run(tenantId, (tx) => listCampaigns(tx, query, after));
    return this.cursors.page(list, campaigns.map(campaignView));
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<DetailedCampaignResponse> {
    return this.db.run(tenantId, async (tx) => {
      const row = await findCampaign(tx, id);
      if (!row) throw Problem.notFound('bulk send');
      return { ...campaignView(row), reasons: await countReasons(tx, id), nextOccurrences: upcomingOf(row) };
    });
  }

  /** In the order of their addresses. Throws Problem 404, and 400 for a cursor of another list. */
  async recipients({ tenantId }: Caller, id: string, query: RecipientQuery): Promise<Page<BulkRecipientResponse>> {
    const list = { tenantId, route: `GET /bulk-send/${id}/recipients`, query };
    const after = this.cursors.after(list);
    const rows = await this.db.run(tenantId, async (tx) => {
      if (!(await campaignExists(tx, id))) throw Problem.notFound('bulk send');
      return listRecipients(tx, id, query, after);
    });
    const { data, page } = this.cursors.page(list, rows);
    return { data: data.map(recipientView), page };
  }
}

/** Throws Problem 404. */
export async function readCampaign(tx: Tx, id: string): Promise<CampaignResponse> {
  const campaign = await findCampaign(tx, id);
  if (!campaign) throw Problem.notFound('bulk send');
  return campaignView(campaign);
}

/** Throws Problem 422 naming each template that is not the tenant's, or for another channel type. */
export async function checkTemplates(tx: Tx, input: CreateCampaignDto, channelType: ChannelType): Promise<void> {
  const named = [
    { pointer: '/templateId', templateId: input.templateId },
    ...(input.variants ?? []).map(({ templateId }, i) => ({ pointer: `/variants/${i}/templateId`, templateId })),
  ];
  const references = named.flatMap(({ pointer, templateId }) =>
    templateId == null ? [] : [{ pointer, templateId, channelType }],
  );
  const faults = await templateFaults(tx, references);
  if (faults.length) throw Problem.invalidFields(faults);
}

const SHOWN_AHEAD = 5;

function upcomingOf({ status, recurrence, firstLocalAt, scheduledAt, timezone }: CampaignRow): string[] {
  if (recurrence === null || firstLocalAt === null || !scheduledAt || !WAITING.has(status)) return [];
  const rule = { firstLocalAt, timezone: timezone ?? 'UTC', recurrence, scheduledAt, now: new Date() };
  return nextTimesOf(rule, SHOWN_AHEAD).map((at) => at.toISOString());
}

const WAITING = new Set(['DRAFT', 'SCHEDULED', 'PAUSED']);

/** Whom it goes to besides those who are named. Throws Problem 403, 404, 422. */
export async function segmentOf(
  tx: Tx,
  caller: Caller,
  { segment, segmentId }: CreateCampaignDto,
): Promise<Segment | null> {
  if (segment != null) return checkedSegment(caller, segment, '/segment');
  if (segmentId == null) return null;
  const kept = await findSegment(tx, segmentId);
  if (!kept) throw Problem.notFound('segment');
  return checkedSegment(caller, kept.segment, '/segmentId');
}
