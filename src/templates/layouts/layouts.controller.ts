import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { Idempotent } from '../../platform/http/idempotent';
import { PageQuery } from '../../platform/http/page';
import { CreateLayoutDto, UpdateLayoutDto } from './layout.dto';
import { LayoutPage, LayoutResponse } from './layout-response.dto';
import { LayoutsService } from './layouts.service';

@ApiTags('Templates')
@Controller('template-layouts')
export class LayoutsController {
  constructor(private readonly layouts: LayoutsService) {}

  /** Stores what stands around e-mails: a header and a footer that many templates share. */
  @Post()
  @Requires('templates:manage')
  @Idempotent()
  async create(
    @From() caller: Caller,
    @Body() body: CreateLayoutDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<LayoutResponse> {
    const layout = await this.layouts.create(caller, body);
    reply.header('location', `/api/v1/communication/template-layouts/${layout.id}`);
    return layout;
  }

  @Get()
  @Requires('templates:read')
  list(@From() caller: Caller, @Query() query: PageQuery): Promise<LayoutPage> {
    return this.layouts.list(caller, query);
  }

  @Get(':id')
  @Requires('templates:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<LayoutResponse> {
    return this.layouts.get(caller, id);
  }

  /** A change of the HTML makes a new version of every template that stands in the layout. */
  @Patch(':id')
  @Requires('templates:manage')
  update(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: UpdateLayoutDto): Promise<LayoutResponse> {
    return this.layouts.update(caller, id, body);
  }

  /** Only a layout that no template stands in. */
  @Delete(':id')
  @Requires('templates:manage')
  @HttpCode(204)
  remove(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.layouts.remove(caller, id);
  }
}
