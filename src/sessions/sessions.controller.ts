import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { SessionLabelList, SessionPage, SessionQuery, SessionResponse, UpdateSessionDto } from './session.dto';
import { SessionsService } from './sessions.service';

@ApiTags('Sessions')
@Controller()
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get('sessions')
  @Requires('messages:read')
  list(@From() caller: Caller, @Query() query: SessionQuery): Promise<SessionPage> {
    return this.sessions.list(caller, query);
  }

  @Get('sessions/:id')
  @Requires('messages:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<SessionResponse> {
    return this.sessions.get(caller, id);
  }

  /** Changes the fields that are named. */
  @Patch('sessions/:id')
  @Requires('messages:send')
  update(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: UpdateSessionDto): Promise<SessionResponse> {
    return this.sessions.update(caller, id, body);
  }

  /** The labels that conversations have, those used most first; at most 500. */
  @Get('session-labels')
  @Requires('messages:read')
  labels(@From() caller: Caller): Promise<SessionLabelList> {
    return this.sessions.labels(caller);
  }
}
