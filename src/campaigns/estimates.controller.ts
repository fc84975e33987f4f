import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../platform/http/caller';
import { CreateCampaignDto } from './campaign.dto';
import { EstimateResponse } from './estimate.dto';
import { EstimatesService } from './estimates.service';

@ApiTags('Campaigns')
@Controller('bulk-send/estimate')
export class EstimatesController {
  constructor(private readonly estimates: EstimatesService) {}

  /**
   * What a bulk send would cost, for the same body as POST /bulk-send: by the price table, the length of the message as it
   * comes out for a sample of the recipients. Stores nothing and sends nothing.
   */
  @Post()
  @Requires('campaigns:manage')
  @HttpCode(200)
  make(@From() caller: Caller, @Body() body: CreateCampaignDto): Promise<EstimateResponse> {
    return this.estimates.estimate(caller, body);
  }
}
