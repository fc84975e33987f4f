import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { Idempotent } from '../platform/http/idempotent';
import { describeProvider, providers } from '../providers/registry';
import { ChannelVerification } from './channel-verification';
import { ChannelPage, ChannelResponse, ChannelVerificationView, ProviderList } from './channel-response.dto';
import { ChannelQuery, CreateChannelDto, UpdateChannelDto } from './channel.dto';
import { ChannelsService } from './channels.service';

@ApiTags('Channels')
@Controller()
export class ChannelsController {
  constructor(
    private readonly channels: ChannelsService,
    private readonly verification: ChannelVerification,
  ) {}

  /** Connects a provider account. */
  @Post('channels')
  @Requires('channels:manage')
  @Idempotent()
  async create(
    @From() caller: Caller,
    @Body() body: CreateChannelDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChannelResponse> {
    const channel = await this.channels.create(caller, body);
    reply.header('location', `/api/v1/communication/channels/${channel.id}`);
    return channel;
  }

  @Get('channels')
  @Requires('channels:read')
  list(@From() caller: Caller, @Query() query: ChannelQuery): Promise<ChannelPage> {
    return this.channels.list(caller, query);
  }

  @Get('channels/:id')
  @Requires('channels:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<ChannelResponse> {
    return this.channels.get(caller, id);
  }

  @Patch('channels/:id')
  @Requires('channels:manage')
  update(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: UpdateChannelDto): Promise<ChannelResponse> {
    return this.channels.update(caller, id, body);
  }

  @Delete('channels/:id')
  @Requires('channels:manage')
  @HttpCode(204)
  remove(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.channels.remove(caller, id);
  }

  /** Asks the provider whether the credentials work. */
  @Post('channels/:id/verify')
  @Requires('channels:manage')
  @HttpCode(200)
  verify(@From() caller: Caller, @Param() { id }: IdParam): Promise<ChannelVerificationView> {
    return this.verification.verify(caller, id);
  }

  /** Every provider: channel types, credential fields, capabilities. */
  @Get('providers')
  @Requires('channels:read')
  providers(): ProviderList {
    return { data: providers().map(describeProvider) };
  }
}
