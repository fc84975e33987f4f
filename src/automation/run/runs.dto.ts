import { IsIn, IsOptional } from 'class-validator';
import { IsUuid } from '../../platform/http/fields';
import { PageQuery } from '../../platform/http/page';
import { PageInfo } from '../../platform/http/page-info.dto';

const RUN_STATUSES = ['RUNNING', 'WAITING', 'COMPLETED', 'STOPPED', 'CANCELLED', 'FAILED'] as const;

export class RunQuery extends PageQuery {
  /** Only runs in this status. */
  @IsOptional()
  @IsIn(RUN_STATUSES)
  status?: (typeof RUN_STATUSES)[number];

  /** Only runs for this contact. */
  @IsOptional()
  @IsUuid()
  contactId?: string;
}

export class RunReason {
  /** exit, stop, loop_guard, contact_gone, rule_deleted, cancelled, erased or internal_error. */
  code: string;
  detail: string | null;
}

export class RunResponse {
  id: string;
  ruleId: string;
  /** Of the rule, with which it began and to which it keeps. */
  version: number;
  contactId: string | null;
  /** RUNNING, WAITING, COMPLETED, STOPPED, CANCELLED or FAILED. */
  status: string;
  /** Why it ended before its last step. */
  reason: RunReason | null;
  /** The step that comes next, such as 2 or 2/otherwise/0; null when it has ended. */
  position: string | null;
  /** When it goes on. */
  dueAt: string | null;
  /** The event for which it waits until then. */
  awaits: string | null;
  /** 1 for a run that somebody else set off; one more than that of the run that set it off. */
  depth: number;
  startedAt: string;
  endedAt: string | null;
}

export class RunPage {
  data: RunResponse[];
  page: PageInfo;
}

export class RunStepResponse {
  /** Counts from 1. */
  seq: number;
  /** Which step of the rule. */
  path: string;
  /** As in the rule; end for an end that no step asked for. */
  type: string;
  /** DONE, SUPPRESSED, REFUSED, WAITING, CAME, TIMED_OUT, HOLDS, HOLDS_NOT, CALLING, CALLED, CALL_FAILED, or how the run ended. */
  outcome: string;
  /** Codes, ids and times. */
  facts: Record<string, unknown>;
  messageId: string | null;
  at: string;
}

export class RunEventResponse {
  id: string | null;
  /** What happened. */
  type: string | null;
  at: string | null;
  payload: Record<string, unknown>;
}

export class RunDetailResponse extends RunResponse {
  /** What it began with. */
  event: RunEventResponse;
  /** The steps of its version. */
  steps: Record<string, unknown>[];
  trace: RunStepResponse[];
}
