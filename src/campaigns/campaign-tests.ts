import { Injectable } from '@nestjs/common';
import { MessagesService } from '../messages/accept/messages.service';
import type { SendMessageDto } from '../messages/accept/message.dto';
import { readAddress } from '../contacts/contact-addresses';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';
import type { CampaignResponse, TestCampaignResponse } from './campaign-response.dto';
import type { TestCampaignDto } from './campaign.dto';
import { readCampaign } from './campaigns.service';

/** Tries a bulk send on a few addresses, by the way that every single message goes. */
@Injectable()
export class CampaignTests {
  constructor(
    private readonly db: TenantDb,
    private readonly messages: MessagesService,
  ) {}

  /** Throws Problem 404, and 422 before anything is sent. */
  async send(caller: Caller, id: string, input: TestCampaignDto): Promise<TestCampaignResponse> {
    const campaign = await this.db.run(caller.tenantId, (tx) => readCampaign(tx, id));
    const message = messageOf(campaign, input);
    const addresses = input.to.map((to, i) => readAddress(`/to/${i}`, campaign.channelType as ChannelType, to));
    const sent: TestCampaignResponse['messages'] = [];
    for (const to of addresses) {
      const answer = await this.messages.send(caller, { ...message, to });
      if ('fresh' in answer) sent.push({ to: answer.fresh.to, id: answer.fresh.id, status: answer.fresh.status });
    }
    return { messages: sent };
  }
}

function messageOf(campaign: CampaignResponse, { variant = 0, variables }: TestCampaignDto): SendMessageDto {
  const { channelId, purpose, topic, variants } = campaign;
  const words = variants.length ? variants[variant] : campaign;
  if (!words) throw Problem.invalidField('/variant', `there are ${variants.length} variants, counted from 0`);
  return {
    channelId,
    purpose: purpose as 'MARKETING',
    ...(topic !== null && { topic }),
    ...(words.templateId === null ? { content: words.content ?? {} } : { templateId: words.templateId }),
    ...(words.templateId !== null && variables && { variables }),
    metadata: { bulkSendTest: campaign.id },
  };
}
