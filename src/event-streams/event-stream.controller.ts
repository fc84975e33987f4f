import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { From, Requires, type Caller } from '../platform/http/caller';
import { EventStreamQuery, StreamedEvents } from './event-stream.dto';
import { EventStreamService } from './event-stream.service';

@ApiTags('Events')
@Controller('event-stream')
export class EventStreamController {
  constructor(private readonly streams: EventStreamService) {}

  /**
   * What happens, as it happens: with `Accept: text/event-stream` as server-sent events, which go on until one side ends them and
   * resume behind Last-Event-ID. Otherwise the next hundred events behind it, or the last hundred without it.
   */
  @Get()
  @Requires('messages:read')
  @ApiOkResponse({ type: StreamedEvents })
  async open(
    @From() caller: Caller,
    @Query() query: EventStreamQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamedEvents | undefined> {
    const { accept = '', 'last-event-id': header } = request.headers;
    const wanted = { types: query.types, after: header === undefined ? query.lastEventId : String(header) };
    if (!/\btext\/event-stream\b/i.test(accept)) return this.streams.page(caller, wanted);
    await this.streams.open(caller, wanted, reply);
    return undefined;
  }
}
