import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../platform/http/caller';
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
}
