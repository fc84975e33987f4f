import { Body, Controller, Get, HttpCode, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { RawPersonalData } from '../../permissions/personal-data/raw';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { Idempotent } from '../../platform/http/idempotent';
import { PageQuery } from '../../platform/http/page';
import { CreateExportDto, ExportPage, ExportResponse } from './export.dto';
import { ExportsService } from './exports.service';

const CSV_SCHEMA = { type: 'string' } as const;

@ApiTags('Contacts')
@Controller('contact-exports')
export class ContactExportsController {
  constructor(private readonly exports: ExportsService) {}

  /** Writes contacts to a CSV file in the background. POST /contact-imports takes such a file as it is. */
  @Post()
  @Requires('contacts:read')
  @HttpCode(202)
  @Idempotent()
  create(@From() caller: Caller, @Body() body: CreateExportDto): Promise<ExportResponse> {
    return this.exports.create(caller, body);
  }

  @Get()
  @Requires('contacts:read')
  list(@From() caller: Caller, @Query() query: PageQuery): Promise<ExportPage> {
    return this.exports.list(caller, query);
  }

  @Get(':id')
  @Requires('contacts:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<ExportResponse> {
    return this.exports.get(caller, id);
  }

  /** The file itself; it is kept for 7 days. No cell of it is run by a spreadsheet: an apostrophe stands before formulas. */
  @Get(':id/content')
  @Requires('contacts:read')
  @RawPersonalData()
  @ApiOkResponse({ content: { 'text/csv': { schema: CSV_SCHEMA } } })
  async content(@From() caller: Caller, @Param() { id }: IdParam): Promise<StreamableFile> {
    const { content, bytes } = await this.exports.content(caller, id);
    const disposition = `attachment; filename="contacts-${id}.csv"`;
    return new StreamableFile(content, { type: 'text/csv; charset=utf-8', disposition, length: bytes });
  }
}
