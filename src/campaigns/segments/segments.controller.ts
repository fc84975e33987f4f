import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, OnEveryChannelType, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { Idempotent } from '../../platform/http/idempotent';
import { PageQuery } from '../../platform/http/page';
import { CreateSegmentDto, PreviewSegmentDto, UpdateSegmentDto } from './segment.dto';
import { SegmentPage, SegmentPreviewResponse, SegmentResponse } from './segment-response.dto';
import { SegmentsService } from './segments.service';

@ApiTags('Campaigns')
@Controller('segments')
export class SegmentsController {
  constructor(private readonly segments: SegmentsService) {}

  /** How many contacts a segment is about at this moment, how many of them can be reached, and five of them. */
  @Post('preview')
  @Requires('campaigns:read')
  @OnEveryChannelType()
  @HttpCode(200)
  preview(@From() caller: Caller, @Body() body: PreviewSegmentDto): Promise<SegmentPreviewResponse> {
    return this.segments.preview(caller, body);
  }

  /** Keeps a segment by name. Whom it is about is asked anew each time that it is used. */
  @Post()
  @Requires('campaigns:manage')
  @Idempotent()
  async create(
    @From() caller: Caller,
    @Body() body: CreateSegmentDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SegmentResponse> {
    const segment = await this.segments.create(caller, body);
    reply.header('location', `/api/v1/communication/segments/${segment.id}`);
    return segment;
  }

  @Get()
  @Requires('campaigns:read')
  list(@From() caller: Caller, @Query() query: PageQuery): Promise<SegmentPage> {
    return this.segments.list(caller, query);
  }

  @Get(':id')
  @Requires('campaigns:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<SegmentResponse> {
    return this.segments.get(caller, id);
  }

  /** Changes the fields that are named. Bulk sends whose audience is frozen already keep it. */
  @Patch(':id')
  @Requires('campaigns:manage')
  update(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: UpdateSegmentDto): Promise<SegmentResponse> {
    return this.segments.update(caller, id, body);
  }

  @Delete(':id')
  @Requires('campaigns:manage')
  @HttpCode(204)
  remove(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.segments.remove(caller, id);
  }
}
