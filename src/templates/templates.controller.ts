import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { Idempotent } from '../platform/http/idempotent';
import { PageQuery } from '../platform/http/page';
import { TemplateApprovals } from './approval/template-approvals';
import { CreateTemplateDto, PreviewDto, SyncTemplatesDto, TemplateQuery, UpdateTemplateDto } from './template.dto';
import { TemplatePreview } from './template-preview';
import {
  PreviewResponse,
  TemplateDiffResponse,
  TemplatePage,
  TemplateResponse,
  TemplateSyncResponse,
  TemplateVersionPage,
  TemplateVersionResponse,
} from './template-response.dto';
import { TemplateVersionsService } from './template-versions.service';
import { TemplatesService } from './templates.service';
import { VersionParam, VersionsParam } from './version-param.dto';

@ApiTags('Templates')
@Controller('templates')
export class TemplatesController {
  constructor(
    private readonly templates: TemplatesService,
    private readonly history: TemplateVersionsService,
    private readonly previews: TemplatePreview,
    private readonly approvals: TemplateApprovals,
  ) {}

  /** Stores a template in Liquid, after trying to parse it. */
  @Post()
  @Requires('templates:manage')
  @Idempotent()
  async create(
    @From() caller: Caller,
    @Body() body: CreateTemplateDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateResponse> {
    const template = await this.templates.create(caller, body);
    reply.header('location', `/api/v1/communication/templates/${template.id}`);
    return template;
  }

  @Get()
  @Requires('templates:read')
  list(@From() caller: Caller, @Query() query: TemplateQuery): Promise<TemplatePage> {
    return this.templates.list(caller, query);
  }

  @Get(':id')
  @Requires('templates:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<TemplateResponse> {
    return this.templates.get(caller, id);
  }

  /** A change of a text or of variables makes a new version; messages keep the one they were made with. */
  @Patch(':id')
  @Requires('templates:manage')
  update(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: UpdateTemplateDto): Promise<TemplateResponse> {
    return this.templates.update(caller, id, body);
  }

  @Delete(':id')
  @Requires('templates:manage')
  @HttpCode(204)
  remove(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.templates.remove(caller, id);
  }

  /** Every version that there was, newest first. */
  @Get(':id/versions')
  @Requires('templates:read')
  versions(@From() caller: Caller, @Param() { id }: IdParam, @Query() query: PageQuery): Promise<TemplateVersionPage> {
    return this.history.list(caller, id, query);
  }

  @Get(':id/versions/:version')
  @Requires('templates:read')
  version(@From() caller: Caller, @Param() { id, version }: VersionParam): Promise<TemplateVersionResponse> {
    return this.history.get(caller, id, Number(version));
  }

  /** What is different in the second version, field by field and line by line. */
  @Get(':id/versions/:version/diff/:other')
  @Requires('templates:read')
  diff(@From() caller: Caller, @Param() { id, version, other }: VersionsParam): Promise<TemplateDiffResponse> {
    return this.history.diff(caller, id, { from: Number(version), to: Number(other) });
  }

  /** Makes a new version that says what this one said. */
  @Post(':id/versions/:version/restore')
  @Requires('templates:manage')
  @Idempotent()
  @HttpCode(200)
  restore(@From() caller: Caller, @Param() { id, version }: VersionParam): Promise<TemplateResponse> {
    return this.history.restore(caller, id, Number(version));
  }

  /** Asks the provider of a channel what it says of the templates that it keeps. */
  @Post('sync')
  @Requires('templates:manage')
  @HttpCode(200)
  sync(@From() caller: Caller, @Body() body: SyncTemplatesDto): Promise<TemplateSyncResponse> {
    return this.approvals.sync(caller, body.channelId);
  }

  /** What a message with these values would say, or why it would be refused. */
  @Post(':id/preview')
  @Requires('templates:read')
  @HttpCode(200)
  preview(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: PreviewDto): Promise<PreviewResponse> {
    return this.previews.show(caller, id, body);
  }
}
