import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import {
  OccurrencePage,
  OccurrenceQuery,
  ScheduledMessageDetail,
  ScheduledMessagePage,
  ScheduledMessageQuery,
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

  /** With its next five times, and what became of the last one. */
  @Get(':id')
  @Requires('messages:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<ScheduledMessageDetail> {
    return this.schedules.get(caller, id);
  }

  /** What became of its times, latest first. */
  @Get(':id/occurrences')
  @Requires('messages:read')
  occurrences(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Query() query: OccurrenceQuery,
  ): Promise<OccurrencePage> {
    return this.schedules.occurrences(caller, id, query);
  }

  /** Gives it another time, rule, zone or other words, as long as it waits. Of one that recurs, for the times to come. */
  @Patch(':id')
  @Requires('messages:send')
  move(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Body() body: UpdateScheduledMessageDto,
  ): Promise<ScheduledMessageDetail> {
    return this.schedules.update(caller, id, body);
  }

  /** Nothing is sent until it is resumed. */
  @Post(':id/pause')
  @Requires('messages:send')
  @HttpCode(200)
  pause(@From() caller: Caller, @Param() { id }: IdParam): Promise<ScheduledMessageDetail> {
    return this.schedules.pause(caller, id);
  }

  /** Goes on. What fell into the pause of a recurring one is not made up for. */
  @Post(':id/resume')
  @Requires('messages:send')
  @HttpCode(200)
  resume(@From() caller: Caller, @Param() { id }: IdParam): Promise<ScheduledMessageDetail> {
    return this.schedules.resume(caller, id);
  }

  /** Cancels it, as long as it waits; one that recurs makes no more messages. */
  @Delete(':id')
  @Requires('messages:send')
  @HttpCode(204)
  cancel(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.schedules.cancel(caller, id);
  }
}
