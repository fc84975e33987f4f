import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { Idempotent } from '../platform/http/idempotent';
import { CreateEventDto, EventDetailResponse, EventPage, EventQuery, EventResponse } from './event.dto';
import { EventsService } from './events.service';

@ApiTags('Events')
@Controller('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  /** Tells that something happened: rules act on it, and receivers of events hear of it. */
  @Post()
  @Requires('automation:manage')
  @Idempotent()
  @HttpCode(202)
  async tell(
    @From() caller: Caller,
    @Body() body: CreateEventDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventResponse> {
    const event = await this.events.tell(caller, body);
    reply.header('location', `/api/v1/communication/events/${event.id}`);
    return event;
  }

  @Get()
  @Requires('automation:read')
  list(@From() caller: Caller, @Query() query: EventQuery): Promise<EventPage> {
    return this.events.list(caller, query);
  }

  @Get(':id')
  @Requires('automation:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<EventDetailResponse> {
    return this.events.get(caller, id);
  }

  /** Tries an event again that could not be handed out. */
  @Post(':id/retry')
  @Requires('automation:manage')
  @HttpCode(200)
  retry(@From() caller: Caller, @Param() { id }: IdParam): Promise<EventResponse> {
    return this.events.retry(caller, id);
  }
}
