import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { From, Public, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { Idempotent } from '../../platform/http/idempotent';
import { CreateEventSourceDto, EventSourceList, EventSourceResponse, UpdateEventSourceDto } from './event-source.dto';
import { EventSourcesService } from './event-sources.service';
import { SnsReceiver } from './sns-receiver';

@ApiTags('Events')
@Controller('event-sources')
export class EventSourcesController {
  constructor(
    private readonly sources: EventSourcesService,
    private readonly sns: SnsReceiver,
  ) {}

  /** Connects a queue or a topic: what is published there becomes events. */
  @Post()
  @Requires('automation:manage')
  @Idempotent()
  async create(
    @From() caller: Caller,
    @Body() body: CreateEventSourceDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EventSourceResponse> {
    const source = await this.sources.create(caller, body);
    reply.header('location', `/api/v1/communication/event-sources/${source.id}`);
    return source;
  }

  @Get()
  @Requires('automation:read')
  list(@From() caller: Caller): Promise<EventSourceList> {
    return this.sources.list(caller);
  }

  @Get(':id')
  @Requires('automation:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<EventSourceResponse> {
    return this.sources.get(caller, id);
  }

  @Patch(':id')
  @Requires('automation:manage')
  update(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Body() body: UpdateEventSourceDto,
  ): Promise<EventSourceResponse> {
    return this.sources.update(caller, id, body);
  }

  @Delete(':id')
  @Requires('automation:manage')
  @HttpCode(204)
  remove(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.sources.remove(caller, id);
  }

  /** What Amazon SNS calls; signed by it. The source is found by the key in the address (subscribeUrl). */
  @Post(':sourceKey')
  @Public()
  @HttpCode(200)
  @ApiConsumes('text/plain', 'application/json')
  receive(@Param('sourceKey') sourceKey: string, @Req() { body }: FastifyRequest): Promise<void> {
    return this.sns.receive(sourceKey, Buffer.isBuffer(body) ? body : Buffer.alloc(0));
  }
}
