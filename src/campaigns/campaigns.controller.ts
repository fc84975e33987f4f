import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { Idempotent } from '../platform/http/idempotent';
import { BulkRecipientPage, CampaignPage, CampaignResponse, CreatedCampaignResponse } from './campaign-response.dto';
import { CampaignQuery, CreateCampaignDto, RecipientQuery } from './campaign.dto';
import { CampaignsService } from './campaigns.service';

@ApiTags('Campaigns')
@Controller('bulk-send')
export class CampaignsController {
  constructor(private readonly campaigns: CampaignsService) {}

  /**
   * Stores a bulk send with its recipients. It stays a DRAFT: this version does not send bulk sends yet, also not those
   * with scheduledAt.
   */
  @Post()
  @Requires('campaigns:manage')
  @Idempotent()
  @HttpCode(202)
  async create(
    @From() caller: Caller,
    @Body() body: CreateCampaignDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreatedCampaignResponse> {
    const campaign = await this.campaigns.create(caller, body);
    reply.header('location', `/api/v1/communication/bulk-send/${campaign.id}`);
    return campaign;
  }

  @Get()
  @Requires('campaigns:read')
  list(@From() caller: Caller, @Query() query: CampaignQuery): Promise<CampaignPage> {
    return this.campaigns.list(caller, query);
  }

  /** With counts that always sum to the total, and the cost. */
  @Get(':id')
  @Requires('campaigns:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<CampaignResponse> {
    return this.campaigns.get(caller, id);
  }

  /** Every recipient with where it stands, in the order of their addresses. */
  @Get(':id/recipients')
  @Requires('campaigns:read')
  recipients(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Query() query: RecipientQuery,
  ): Promise<BulkRecipientPage> {
    return this.campaigns.recipients(caller, id, query);
  }
}
