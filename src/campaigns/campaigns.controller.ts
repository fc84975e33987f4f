import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { Idempotent } from '../platform/http/idempotent';
import { CampaignActions } from './campaign-actions';
import { CampaignChanges } from './campaign-changes';
import { CampaignTests } from './campaign-tests';
import {
  BulkRecipientPage,
  CampaignPage,
  CampaignResponse,
  DetailedCampaignResponse,
  RetriedCampaignResponse,
  TestCampaignResponse,
} from './campaign-response.dto';
import {
  CampaignQuery,
  CreateCampaignDto,
  RecipientQuery,
  RetryFailedDto,
  TestCampaignDto,
  UpdateCampaignDto,
} from './campaign.dto';
import { CampaignsService } from './campaigns.service';

@ApiTags('Campaigns')
@Controller('bulk-send')
export class CampaignsController {
  constructor(
    private readonly campaigns: CampaignsService,
    private readonly actions: CampaignActions,
    private readonly changes: CampaignChanges,
    private readonly tests: CampaignTests,
  ) {}

  /** Stores a bulk send with the recipients that are named. It is a DRAFT until it is started; `start` does so at once. */
  @Post()
  @Requires('campaigns:manage')
  @Idempotent()
  @HttpCode(202)
  async create(
    @From() caller: Caller,
    @Body() body: CreateCampaignDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CampaignResponse> {
    const made = await this.campaigns.create(caller, body);
    reply.header('location', `/api/v1/communication/bulk-send/${made.id}`);
    return body.start ? this.actions.start(caller, made.id) : made;
  }

  @Get()
  @Requires('campaigns:read')
  list(@From() caller: Caller, @Query() query: CampaignQuery): Promise<CampaignPage> {
    return this.campaigns.list(caller, query);
  }

  /** With counts that always sum to the total, the reasons behind them, and the cost. */
  @Get(':id')
  @Requires('campaigns:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<DetailedCampaignResponse> {
    return this.campaigns.get(caller, id);
  }

  /** Changes its name and pace at any time before it ends, its time before it starts. What runs goes on by the new settings. */
  @Patch(':id')
  @Requires('campaigns:manage')
  update(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: UpdateCampaignDto): Promise<CampaignResponse> {
    return this.changes.update(caller, id, body);
  }

  /** Sends what it says to a few addresses of your own. They are no recipients of it and stand in none of its counts. */
  @Post(':id/test')
  @Requires('campaigns:manage')
  @Idempotent()
  @HttpCode(202)
  test(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: TestCampaignDto): Promise<TestCampaignResponse> {
    return this.tests.send(caller, id, body);
  }

  /** Every recipient with where it stands. */
  @Get(':id/recipients')
  @Requires('campaigns:read')
  recipients(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Query() query: RecipientQuery,
  ): Promise<BulkRecipientPage> {
    return this.campaigns.recipients(caller, id, query);
  }

  /** Says that a DRAFT may start, where the tenant wants that from a second person. */
  @Post(':id/approve')
  @Requires('campaigns:manage')
  @Idempotent()
  @HttpCode(200)
  approve(@From() caller: Caller, @Param() { id }: IdParam): Promise<CampaignResponse> {
    return this.actions.approve(caller, id);
  }

  /** Sends a DRAFT: now, or at its scheduledAt. From here on its recipients stand. */
  @Post(':id/start')
  @Requires('campaigns:manage')
  @Idempotent()
  @HttpCode(202)
  start(@From() caller: Caller, @Param() { id }: IdParam): Promise<CampaignResponse> {
    return this.actions.start(caller, id);
  }

  /** Once this has answered, nothing more of it is handed to a provider; what is on its way arrives. */
  @Post(':id/pause')
  @Requires('campaigns:manage')
  @Idempotent()
  @HttpCode(200)
  pause(@From() caller: Caller, @Param() { id }: IdParam): Promise<CampaignResponse> {
    return this.actions.pause(caller, id);
  }

  /** Goes on with exactly those who were not written to. */
  @Post(':id/resume')
  @Requires('campaigns:manage')
  @Idempotent()
  @HttpCode(202)
  resume(@From() caller: Caller, @Param() { id }: IdParam): Promise<CampaignResponse> {
    return this.actions.resume(caller, id);
  }

  /** Ends it for good where it is. */
  @Post(':id/cancel')
  @Requires('campaigns:manage')
  @Idempotent()
  @HttpCode(200)
  cancel(@From() caller: Caller, @Param() { id }: IdParam): Promise<CampaignResponse> {
    return this.actions.cancel(caller, id);
  }

  /** Tries again those that failed, or those of them that failed for one of the reasons named. */
  @Post(':id/retry-failed')
  @Requires('campaigns:manage')
  @Idempotent()
  @HttpCode(202)
  retryFailed(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Body() body: RetryFailedDto,
  ): Promise<RetriedCampaignResponse> {
    return this.actions.retryFailed(caller, id, body.reasons ?? null);
  }
}
