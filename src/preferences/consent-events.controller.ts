import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../platform/http/caller';
import { ConsentEventPage, ConsentQuery } from './consent-event.dto';
import { ConsentEventsService } from './consent-events.service';

@ApiTags('Contacts')
@Controller('consent-events')
export class ConsentEventsController {
  constructor(private readonly events: ConsentEventsService) {}

  /** Who said what about consent, when and from where, newest first. Nothing in it is ever changed. */
  @Get()
  @Requires('contacts:read')
  list(@From() caller: Caller, @Query() query: ConsentQuery): Promise<ConsentEventPage> {
    return this.events.list(caller, query);
  }
}
