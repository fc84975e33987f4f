import { Body, Controller, Get, Param, Patch, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { SessionPage, SessionQuery, SessionResponse, UpdateSessionDto } from './session.dto';
import { SessionsService } from './sessions.service';

@ApiTags('Sessions')
@Controller('sessions')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get()
  @Requires('messages:read')
  list(@From() caller: Caller, @Query() query: SessionQuery): Promise<SessionPage> {
    return this.sessions.list(caller, query);
  }

  @Get(':id')
  @Requires('messages:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<SessionResponse> {
    return this.sessions.get(caller, id);
  }

  @Patch(':id')
  @Requires('messages:send')
  update(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: UpdateSessionDto): Promise<SessionResponse> {
    return this.sessions.update(caller, id, body);
  }
}
