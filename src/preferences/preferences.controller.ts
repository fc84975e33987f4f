import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ContactParam } from '../contacts/contact.dto';
import { From, Requires, type Caller } from '../platform/http/caller';
import { Idempotent } from '../platform/http/idempotent';
import { UpdatePreferencesDto } from './preference.dto';
import { PreferencesResponse } from './preference-response.dto';
import { PreferencesService } from './preferences.service';

@ApiTags('Contacts')
@Controller('contacts/:id/preferences')
export class PreferencesController {
  constructor(private readonly preferences: PreferencesService) {}

  @Get()
  @Requires('contacts:read')
  get(@From() caller: Caller, @Param() { id }: ContactParam): Promise<PreferencesResponse> {
    return this.preferences.get(caller, id);
  }

  /** Changes what is named and leaves the rest: fields, channel types and topics; null takes away. */
  @Post()
  @Requires('contacts:manage')
  @Idempotent()
  @HttpCode(200)
  update(
    @From() caller: Caller,
    @Param() { id }: ContactParam,
    @Body() body: UpdatePreferencesDto,
  ): Promise<PreferencesResponse> {
    return this.preferences.update(caller, id, body);
  }
}
