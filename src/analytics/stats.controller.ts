import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../platform/http/caller';
import { statsCsv } from './stats-csv';
import { StatsResponse } from './stats-response.dto';
import { StatsQuery } from './stats.dto';
import { StatsService } from './stats.service';

@ApiTags('Statistics')
@Controller('stats')
export class StatsController {
  constructor(private readonly stats: StatsService) {}

  /** What became of the messages of a period, broken down by day, channel, channel type, provider, template or campaign. */
  @Get()
  @Requires('stats:read')
  read(@From() caller: Caller, @Query() query: StatsQuery): Promise<StatsResponse> {
    return this.stats.read(caller, query);
  }

  /** The same as a CSV file, a line a group. No cell of it is run by a spreadsheet: an apostrophe stands before formulas. */
  @Get('export.csv')
  @Requires('stats:read')
  @ApiOkResponse({ content: { 'text/csv': { schema: { type: 'string' } } } })
  async export(@From() caller: Caller, @Query() query: StatsQuery): Promise<StreamableFile> {
    const text = statsCsv(await this.stats.read(caller, query));
    const disposition = 'attachment; filename="stats.csv"';
    return new StreamableFile(Buffer.from(text), { type: 'text/csv; charset=utf-8', disposition });
  }
}
