import { Controller, Get, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { AuditLogPage, AuditLogQuery, AuditVerificationResponse, AuditVerifyQuery } from './audit-log.dto';
import { AuditLogService } from './audit-log.service';

@ApiTags('Access')
@Controller('audit-log')
@Requires('access:manage')
export class AuditLogController {
  constructor(private readonly log: AuditLogService) {}

  /** Who changed what, newest first. Entries are never changed or removed. */
  @Get()
  list(@From() caller: Caller, @Query() query: AuditLogQuery): Promise<AuditLogPage> {
    return this.log.list(caller, query);
  }

  /**
   * Computes the chain of the log again and names the first line that is not as it was written, up to 50,000 lines a call.
   * Each line carries the hash of the one before: none can be changed, removed or put in without breaking it.
   */
  @Get('verify')
  verify(@From() caller: Caller, @Query() query: AuditVerifyQuery): Promise<AuditVerificationResponse> {
    return this.log.verify(caller, query.after);
  }
}
