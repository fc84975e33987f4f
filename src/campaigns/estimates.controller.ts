import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { CreateCampaignDto } from './campaign.dto';
import { EstimateResponse } from './estimate.dto';
import { EstimatesService } from './estimates.service';

@ApiTags('Campaigns')
@Controller('bulk-send')
export class EstimatesController {
  constructor(private readonly estimates: EstimatesService) {}

  /**
   * What a bulk send would cost, for the same body as POST /bulk-send: by the price table, the length of the message as it
   * comes out for a sample of the recipients. Stores nothing and sends nothing.
   */
  @Post('estimate')
  @Requires('campaigns:manage')
  @HttpCode(200)
  make(@From() caller: Caller, @Body() body: CreateCampaignDto): Promise<EstimateResponse> {
    return this.estimates.estimate(caller, body);
  }

  /** The same for a bulk send that is stored: what those of its recipients will cost who have no message yet. */
  @Get(':id/estimate')
  @Requires('campaigns:read')
  ofStored(@From() caller: Caller, @Param() { id }: IdParam): Promise<EstimateResponse> {
    return this.estimates.estimateStored(caller, id);
  }
}
