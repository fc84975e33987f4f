import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { ConsentSettingsResponse, UpdateConsentSettingsDto } from './consent-settings.dto';
import { ConsentSettingsService } from './consent-settings.service';

@ApiTags('Consent')
@Controller('consent-settings')
export class ConsentSettingsController {
  constructor(private readonly settings: ConsentSettingsService) {}

  @Get()
  @Requires('contacts:read')
  get(@From() caller: Caller): Promise<ConsentSettingsResponse> {
    return this.settings.get(caller);
  }

  /** How often contacts may be written to, and in which time zone their quiet hours are where nothing is known of them. */
  @Patch()
  @Requires('contacts:manage')
  update(@From() caller: Caller, @Body() body: UpdateConsentSettingsDto): Promise<ConsentSettingsResponse> {
    return this.settings.update(caller, body);
  }
}
