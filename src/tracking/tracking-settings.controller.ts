import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../platform/http/caller';
import { TrackingSettingsResponse, UpdateTrackingSettingsDto } from './tracking-settings.dto';
import { TrackingSettings } from './tracking-settings.service';

@ApiTags('Tracking')
@Controller('tracking-settings')
export class TrackingSettingsController {
  constructor(private readonly settings: TrackingSettings) {}

  @Get()
  @Requires('contacts:read')
  get(@From() caller: Caller): Promise<TrackingSettingsResponse> {
    return this.settings.get(caller);
  }

  /** Whether clicks and openings of e-mails are told where a message does not say it, and who is never tracked. */
  @Patch()
  @Requires('contacts:manage')
  update(@From() caller: Caller, @Body() body: UpdateTrackingSettingsDto): Promise<TrackingSettingsResponse> {
    return this.settings.update(caller, body);
  }
}
