import { Injectable } from '@nestjs/common';
import { MessagesService } from '../messages/accept/messages.service';
import type { SendMessageDto } from '../messages/accept/message.dto';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
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

  /** Throws Problem 404, 422; then nothing was sent to the addresses that come after. */
  async send(caller: Caller, id: string, input: TestCampaignDto): Promise<TestCampaignResponse> {
    const campaign = await this.db.run(caller.tenantId, (tx) => readCampaign(tx, id));
    const sent: TestCampaignResponse['messages'] = [];
    for (const to of input.to) {
      const answer = await this.messages.send(caller, messageOf(campaign, input, to));
      if ('fresh' in answer) sent.push({ to: answer.fresh.to, id: answer.fresh.id, status: answer.fresh.status });
    }
    return { messages: sent };
  }
}

function messageOf(
  campaign: CampaignResponse,
  { variant = 0, variables }: TestCampaignDto,
  to: string,
): SendMessageDto {
  const { channelId, purpose, topic, variants } = campaign;
  const words = variants.length ? variants[variant] : campaign;
  if (!words) throw Problem.invalidField('/variant', `there are ${variants.length} variants, counted from 0`);
  return {
    channelId,
    to,
    purpose: purpose as 'MARKETING',
    ...(topic !== null && { topic }),
    ...(words.templateId === null ? { content: words.content ?? {} } : { templateId: words.templateId }),
    ...(words.templateId !== null && variables && { variables }),
    metadata: { bulkSendTest: campaign.id },
  };
}
