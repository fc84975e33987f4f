import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../platform/http/caller';
import { PageQuery } from '../platform/http/page';
import { AuditLogPage } from './audit-log.dto';
import { AuditLogService } from './audit-log.service';

@ApiTags('Access')
@Controller('audit-log')
@Requires('access:manage')
export class AuditLogController {
  constructor(private readonly log: AuditLogService) {}

  /** Who changed what, newest first. Entries are never changed or removed. */
  @Get()
  list(@From() caller: Caller, @Query() query: PageQuery): Promise<AuditLogPage> {
    return this.log.list(caller, query);
  }
}
