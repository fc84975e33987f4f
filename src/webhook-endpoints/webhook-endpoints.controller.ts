import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { PageQuery } from '../platform/http/page';
import {
  CreateWebhookEndpointDto,
  UpdateWebhookEndpointDto,
  WebhookEndpointPage,
  WebhookEndpointResponse,
  WebhookEndpointWithSecret,
} from './endpoint.dto';
import { WebhookEndpointsService } from './webhook-endpoints.service';

@ApiTags('Webhook endpoints')
@Controller('webhook-endpoints')
export class WebhookEndpointsController {
  constructor(private readonly endpoints: WebhookEndpointsService) {}

  /**
   * Has events told to an address of yours, as long as it answers. It is told no more than you may read. The secret in the answer
   * is shown this once; an Idempotency-Key is not honoured, as repeating the answer would mean to store it.
   */
  @Post()
  @Requires('webhooks:manage')
  async create(
    @From() caller: Caller,
    @Body() body: CreateWebhookEndpointDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookEndpointWithSecret> {
    const endpoint = await this.endpoints.create(caller, body);
    reply.header('location', `/api/v1/communication/webhook-endpoints/${endpoint.id}`);
    return endpoint;
  }

  @Get()
  @Requires('webhooks:read')
  list(@From() caller: Caller, @Query() query: PageQuery): Promise<WebhookEndpointPage> {
    return this.endpoints.list(caller, query);
  }

  @Get(':id')
  @Requires('webhooks:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<WebhookEndpointResponse> {
    return this.endpoints.get(caller, id);
  }

  @Patch(':id')
  @Requires('webhooks:manage')
  update(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Body() body: UpdateWebhookEndpointDto,
  ): Promise<WebhookEndpointResponse> {
    return this.endpoints.update(caller, id, body);
  }

  @Delete(':id')
  @Requires('webhooks:manage')
  @HttpCode(204)
  remove(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.endpoints.remove(caller, id);
  }

  /** Makes a new secret, shown this once. For 24 hours calls carry a signature by the old one as well. */
  @Post(':id/rotate-secret')
  @Requires('webhooks:manage')
  @HttpCode(200)
  rotateSecret(@From() caller: Caller, @Param() { id }: IdParam): Promise<WebhookEndpointWithSecret> {
    return this.endpoints.rotateSecret(caller, id);
  }
}
