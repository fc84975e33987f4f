import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { RunDetailResponse, RunPage, RunQuery } from './runs.dto';
import { RunsService } from './runs.service';

@ApiTags('Automation')
@Controller()
export class RunsController {
  constructor(private readonly runs: RunsService) {}

  /** What a rule did, contact by contact; newest first. */
  @Get('automation-rules/:id/runs')
  @Requires('automation:read')
  list(@From() caller: Caller, @Param() { id }: IdParam, @Query() query: RunQuery): Promise<RunPage> {
    return this.runs.list(caller, id, query);
  }

  /** One run, with the trace of its steps. */
  @Get('automation-runs/:id')
  @Requires('automation:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<RunDetailResponse> {
    return this.runs.get(caller, id);
  }

  /** Ends a run that is under way: no step follows. */
  @Post('automation-runs/:id/cancel')
  @Requires('automation:manage')
  @HttpCode(200)
  cancel(@From() caller: Caller, @Param() { id }: IdParam): Promise<RunDetailResponse> {
    return this.runs.cancel(caller, id);
  }
}
