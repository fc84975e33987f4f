import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { Idempotent } from '../../platform/http/idempotent';
import { CannedRepliesService } from './canned-replies.service';
import {
  CannedReplyPage,
  CannedReplyQuery,
  CannedReplyResponse,
  CreateCannedReplyDto,
  UpdateCannedReplyDto,
} from './canned-reply.dto';

@ApiTags('Sessions')
@Controller('canned-replies')
export class CannedRepliesController {
  constructor(private readonly replies: CannedRepliesService) {}

  /** Keeps an answer ready, to be sent by `cannedReplyId` in POST /sessions/{id}/messages. */
  @Post()
  @Requires('templates:manage')
  @Idempotent()
  async create(
    @From() caller: Caller,
    @Body() body: CreateCannedReplyDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CannedReplyResponse> {
    const created = await this.replies.create(caller, body);
    reply.header('location', `/api/v1/communication/canned-replies/${created.id}`);
    return created;
  }

  @Get()
  @Requires('messages:read')
  list(@From() caller: Caller, @Query() query: CannedReplyQuery): Promise<CannedReplyPage> {
    return this.replies.list(caller, query);
  }

  @Get(':id')
  @Requires('messages:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<CannedReplyResponse> {
    return this.replies.get(caller, id);
  }

  /** Changes the fields that are named. */
  @Patch(':id')
  @Requires('templates:manage')
  update(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Body() body: UpdateCannedReplyDto,
  ): Promise<CannedReplyResponse> {
    return this.replies.update(caller, id, body);
  }

  @Delete(':id')
  @Requires('templates:manage')
  @HttpCode(204)
  remove(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.replies.remove(caller, id);
  }
}
