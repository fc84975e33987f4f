import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import {
  ScheduledMessagePage,
  ScheduledMessageQuery,
  ScheduledMessageResponse,
  UpdateScheduledMessageDto,
} from './scheduled-message.dto';
import { ScheduledMessagesService } from './scheduled-messages.service';

@ApiTags('Scheduled messages')
@Controller('scheduled-messages')
export class ScheduledMessagesController {
  constructor(private readonly schedules: ScheduledMessagesService) {}

  /** Messages that were sent with scheduledAt, newest first. */
  @Get()
  @Requires('messages:read')
  list(@From() caller: Caller, @Query() query: ScheduledMessageQuery): Promise<ScheduledMessagePage> {
    return this.schedules.list(caller, query);
  }

  @Get(':id')
  @Requires('messages:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<ScheduledMessageResponse> {
    return this.schedules.get(caller, id);
  }

  /** Gives the message another time, as long as it waits. */
  @Patch(':id')
  @Requires('messages:send')
  move(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Body() body: UpdateScheduledMessageDto,
  ): Promise<ScheduledMessageResponse> {
    return this.schedules.move(caller, id, body);
  }

  /** Cancels the message, as long as it waits. */
  @Delete(':id')
  @Requires('messages:send')
  @HttpCode(204)
  cancel(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.schedules.cancel(caller, id);
  }
}
