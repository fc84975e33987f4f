import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { CampaignSettingsResponse, UpdateCampaignSettingsDto } from './campaign-settings.dto';
import { CampaignSettingsService } from './campaign-settings.service';

@ApiTags('Campaigns')
@Controller('campaign-settings')
export class CampaignSettingsController {
  constructor(private readonly settings: CampaignSettingsService) {}

  @Get()
  @Requires('campaigns:read')
  get(@From() caller: Caller): Promise<CampaignSettingsResponse> {
    return this.settings.get(caller);
  }

  /** Whoever may let people in decides as well whether one of them alone may write to everybody. */
  @Patch()
  @Requires('access:manage')
  update(@From() caller: Caller, @Body() body: UpdateCampaignSettingsDto): Promise<CampaignSettingsResponse> {
    return this.settings.update(caller, body);
  }
}
