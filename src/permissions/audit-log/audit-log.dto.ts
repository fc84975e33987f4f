import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsPlainText, IsRfc3339 } from '../../platform/http/fields';
import { PageQuery } from '../../platform/http/page';
import { PageInfo } from '../../platform/http/page-info.dto';
import { QueryInt } from '../../platform/http/query-fields';

export class AuditLogQuery extends PageQuery {
  /** `user:<id>` or `key:<id>`. */
  @IsOptional()
  @IsPlainText(100)
  actor?: string;

  /** What was done, such as `channel.created`. */
  @IsOptional()
  @IsPlainText(100)
  action?: string;

  /** Kind of thing, such as `channel`. */
  @IsOptional()
  @IsPlainText(100)
  resource?: string;

  /** Which thing. */
  @IsOptional()
  @IsPlainText(100)
  resourceId?: string;

  /** Not before this moment. */
  @IsOptional()
  @IsRfc3339()
  from?: string;

  /** Before this moment. */
  @IsOptional()
  @IsRfc3339()
  until?: string;
}

/** One change, as it was made. */
export class AuditEntryResponse {
  id: string;
  at: string;
  /** `key:<id>`, with `user:<id>` in front when the key acts for a user; `user:<id>` for a user who signed in. */
  actor: string;
  /** What was done, such as `channel.created`. */
  action: string;
  /** Kind of thing that was changed, such as `channel`. */
  resource: string;
  resourceId: string | null;
  /** Facts of the change; never a secret. */
  detail: Record<string, unknown>;
}

export class AuditLogPage {
  data: AuditEntryResponse[];
  page: PageInfo;
}

export class AuditVerifyQuery {
  /** Where to go on: `next` of the answer before. Left out: from the first line. */
  @ApiPropertyOptional({ type: 'integer', minimum: 0 })
  @IsOptional()
  @QueryInt(0, Number.MAX_SAFE_INTEGER)
  after: number = 0;
}

/** The first place at which the chain does not hold. */
export class BrokenLineResponse {
  /** Place in the log, from 1 on. */
  seq: number;
  /** The line that stands there; null when there is none. */
  id: string | null;
  /** MISSING: no such line. CHANGED: not what was written. UNLINKED: does not hang on the one before. ADDED: never written by us. */
  fault: 'MISSING' | 'CHANGED' | 'UNLINKED' | 'ADDED';
}

/** The end of the chain. Kept somewhere else, it proves later that nothing before it was made anew. */
export class ChainHeadResponse {
  seq: number;
  /** SHA-256 in hex. */
  hash: string;
}

export class AuditVerificationResponse {
  /** Whether every line that was looked at is as it was written. */
  intact: boolean;
  /** Lines that were looked at. */
  checked: number;
  broken: BrokenLineResponse | null;
  /** Where to go on; null when the end was reached or a line is broken. */
  next: number | null;
  /** Null while nothing was written. */
  head: ChainHeadResponse | null;
}
