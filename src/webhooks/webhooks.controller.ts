import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Config } from '../config';
import { From, Public, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { WebhookIntake } from './webhook-intake';
import { WebhookLogs } from './webhook-logs.service';
import { WebhookLogPage, WebhookLogQuery, WebhookLogResponse } from './webhook.dto';

@ApiTags('Webhooks')
@Controller()
export class WebhooksController {
  constructor(
    private readonly intake: WebhookIntake,
    private readonly logs: WebhookLogs,
    private readonly config: Config,
  ) {}

  /** What providers call; signed by them. The channel is found by the key in the address (webhookUrl of a channel). */
  @Post('webhooks/:provider/:channelKey')
  @Public()
  @HttpCode(200)
  @ApiConsumes('application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain')
  post(
    @Param('provider') provider: string,
    @Param('channelKey') channelKey: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.receive(provider, channelKey, request, reply);
  }

  /** The same for set-up questions that come by GET. */
  @Get('webhooks/:provider/:channelKey')
  @Public()
  get(
    @Param('provider') provider: string,
    @Param('channelKey') channelKey: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.receive(provider, channelKey, request, reply);
  }

  /** One address for all channels of a provider: the channel is found by the account that the call names. */
  @Post('webhooks/:provider')
  @Public()
  @HttpCode(200)
  @ApiConsumes('application/json', 'application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain')
  postByAccount(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.receive(provider, undefined, request, reply);
  }

  /** The same for set-up questions that come by GET. */
  @Get('webhooks/:provider')
  @Public()
  getByAccount(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    return this.receive(provider, undefined, request, reply);
  }

  /** Verified calls of providers, newest first. */
  @Get('webhook-logs')
  @Requires('webhooks:read')
  list(@From() caller: Caller, @Query() query: WebhookLogQuery): Promise<WebhookLogPage> {
    return this.logs.list(caller, query);
  }

  /** Has a call processed again. What it did before it does not do twice. */
  @Post('webhook-logs/:id/replay')
  @Requires('webhooks:manage')
  @HttpCode(202)
  replay(@From() caller: Caller, @Param() { id }: IdParam): Promise<WebhookLogResponse> {
    return this.logs.replay(caller, id);
  }

  private async receive(
    provider: string,
    channelKey: string | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const answer = await this.intake.receive(provider, channelKey, webhookRequest(request, this.publicBase(request)));
    reply.status(answer.status);
    if (answer.contentType) reply.header('content-type', answer.contentType);
    await reply.send(answer.body ?? '');
  }

  /** Providers sign the address that they call; behind a proxy only the operator knows it. */
  private publicBase(request: FastifyRequest): string {
    return (this.config.PUBLIC_URL ?? `http://${request.host}`).replace(/\/+$/, '');
  }
}

function webhookRequest(request: FastifyRequest, base: string) {
  const url = base + request.raw.url;
  return {
    method: request.method === 'GET' ? ('GET' as const) : ('POST' as const),
    url,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    query: Object.fromEntries(new URL(url).searchParams),
    rawBody: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    receivedAt: new Date(),
  };
}
