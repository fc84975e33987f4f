import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { Idempotent } from '../platform/http/idempotent';
import { PageQuery } from '../platform/http/page';
import { CreateTemplateDto, PreviewDto, TemplateQuery, UpdateTemplateDto } from './template.dto';
import { TemplatePreview } from './template-preview';
import { PreviewResponse, TemplatePage, TemplateResponse, TemplateVersionPage } from './template-response.dto';
import { TemplatesService } from './templates.service';

@ApiTags('Templates')
@Controller('templates')
export class TemplatesController {
  constructor(
    private readonly templates: TemplatesService,
    private readonly previews: TemplatePreview,
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
    return this.templates.versions(caller, id, query);
  }

  /** What a message with these values would say, or why it would be refused. */
  @Post(':id/preview')
  @Requires('templates:read')
  @HttpCode(200)
  preview(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: PreviewDto): Promise<PreviewResponse> {
    return this.previews.show(caller, id, body);
  }
}
