import { Controller, Get, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ContactParam } from '../contacts/contact.dto';
import { From, Requires, type Caller } from '../platform/http/caller';
import { SendTimeResponse } from './send-time.dto';
import { SendTimeService } from './send-time.service';

@ApiTags('Contacts')
@Controller('contacts')
export class SendTimeController {
  constructor(private readonly sendTimes: SendTimeService) {}

  /** The hour of the week in which the contact is likely to look, by when messages were opened, clicked, read and answered. */
  @Get(':id/send-time')
  @Requires('messages:read')
  suggest(@From() caller: Caller, @Param() { id }: ContactParam): Promise<SendTimeResponse> {
    return this.sendTimes.suggest(caller, id);
  }
}
