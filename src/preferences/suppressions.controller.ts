import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { Idempotent } from '../platform/http/idempotent';
import { CreateSuppressionDto, SuppressionPage, SuppressionQuery, SuppressionResponse } from './suppression.dto';
import { SuppressionsService } from './suppressions.service';

@ApiTags('Contacts')
@Controller('suppressions')
export class SuppressionsController {
  constructor(private readonly suppressions: SuppressionsService) {}

  /** Keeps messages from an address: 201. One of the same kind that is in force already is answered with 200. */
  @Post()
  @Requires('contacts:manage')
  @Idempotent()
  @ApiCreatedResponse({ type: SuppressionResponse, description: 'It is in force' })
  @ApiOkResponse({ type: SuppressionResponse, description: 'It was in force already' })
  async add(
    @From() caller: Caller,
    @Body() body: CreateSuppressionDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SuppressionResponse> {
    const { suppression, isNew } = await this.suppressions.add(caller, body);
    reply.status(isNew ? 201 : 200);
    return suppression;
  }

  /** Those in force, newest first. */
  @Get()
  @Requires('contacts:read')
  list(@From() caller: Caller, @Query() query: SuppressionQuery): Promise<SuppressionPage> {
    return this.suppressions.list(caller, query);
  }

  /** Lifts one that the tenant or a bounce put in force; what the person said stays: 409. */
  @Delete(':id')
  @Requires('contacts:manage')
  @HttpCode(204)
  lift(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.suppressions.lift(caller, id);
  }
}
