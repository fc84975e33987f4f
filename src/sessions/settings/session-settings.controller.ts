import { Body, Controller, Get, Patch } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { SessionSettingsResponse, UpdateSessionSettingsDto } from './session-settings.dto';
import { SessionSettingsService } from './session-settings.service';

@ApiTags('Sessions')
@Controller('session-settings')
export class SessionSettingsController {
  constructor(private readonly settings: SessionSettingsService) {}

  @Get()
  @Requires('messages:read')
  get(@From() caller: Caller): Promise<SessionSettingsResponse> {
    return this.settings.get(caller);
  }

  /** When conversations end by themselves, how soon people are to be answered, and whether moods are told. */
  @Patch()
  @Requires('access:manage')
  update(@From() caller: Caller, @Body() body: UpdateSessionSettingsDto): Promise<SessionSettingsResponse> {
    return this.settings.update(caller, body);
  }
}
