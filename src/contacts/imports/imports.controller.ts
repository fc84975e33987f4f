import { Controller, Get, HttpCode, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { PageQuery } from '../../platform/http/page';
import { ImportPage, ImportQuery, ImportResponse } from './import.dto';
import { ImportsService } from './imports.service';

const FILE_SCHEMA = { type: 'string', format: 'binary' } as const;
const CSV_SCHEMA = { type: 'string' } as const;

@ApiTags('Contacts')
@Controller('contact-imports')
export class ContactImportsController {
  constructor(private readonly imports: ImportsService) {}

  /**
   * Takes a CSV file of at most 1 GB, as the body itself (text/csv) or in the form field `file`, and imports it in the
   * background. The first row names the fields: externalId, name, email, phone, telegramChatId, whatsappId, language, timezone,
   * attributes.<name>. A row is the contact with its externalId, or else with one of its addresses; an empty cell leaves the
   * field as it is. An Idempotency-Key is not honoured: the same file again finds the same contacts.
   */
  @Post()
  @Requires('contacts:manage')
  @HttpCode(202)
  @ApiConsumes('multipart/form-data', 'text/csv')
  @ApiBody({ schema: { type: 'object', required: ['file'], properties: { file: FILE_SCHEMA } } })
  async create(
    @From() caller: Caller,
    @Query() query: ImportQuery,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ImportResponse> {
    const made = await this.imports.create(caller, request.raw, query);
    reply.header('location', `/api/v1/communication/contact-imports/${made.id}`);
    return made;
  }

  @Get()
  @Requires('contacts:manage')
  list(@From() caller: Caller, @Query() query: PageQuery): Promise<ImportPage> {
    return this.imports.list(caller, query);
  }

  @Get(':id')
  @Requires('contacts:manage')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<ImportResponse> {
    return this.imports.get(caller, id);
  }

  /** Ends it where it is; the rows that are stored stay. */
  @Post(':id/cancel')
  @Requires('contacts:manage')
  @HttpCode(200)
  cancel(@From() caller: Caller, @Param() { id }: IdParam): Promise<ImportResponse> {
    return this.imports.cancel(caller, id);
  }

  /** The refused rows so far, as CSV: number of the row, column and reason. */
  @Get(':id/errors')
  @Requires('contacts:manage')
  @ApiOkResponse({ content: { 'text/csv': { schema: CSV_SCHEMA } } })
  async errors(@From() caller: Caller, @Param() { id }: IdParam): Promise<StreamableFile> {
    const content = await this.imports.errors(caller, id);
    const disposition = `attachment; filename="contact-import-${id}-errors.csv"`;
    return new StreamableFile(content, { type: 'text/csv; charset=utf-8', disposition });
  }
}
