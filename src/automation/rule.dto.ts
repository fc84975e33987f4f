import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsPlainText } from '../platform/http/fields';
import { IfGiven } from '../platform/http/if-given';
import { RuleStepDto } from './step.dto';
import { EVENT_NAME, EVENT_NAME_WORDS, RuleTriggerDto } from './trigger.dto';

const MOST_STEPS = 20;

export const REENTRIES = ['always', 'when_ended', 'once'] as const;
export type Reentry = (typeof REENTRIES)[number];

export class ExitDto {
  /** Name of an event about the contact: when it comes, the run ends. */
  @IsOptional()
  @Matches(EVENT_NAME, { message: EVENT_NAME_WORDS })
  event?: string | null;

  /** A condition as in `conditions`, asked before each step: when it holds, the run ends. */
  @IsOptional()
  @IsObject()
  conditions?: Record<string, unknown> | null;
}

export class CreateRuleDto {
  /** Name that people know it by; unique in the tenant. */
  @IsPlainText(100)
  name: string;

  /** Whether it begins new runs; true when left out. Those that are under way go on either way. */
  @IsOptional()
  @IsBoolean()
  enabled?: boolean | null;

  @IsObject()
  @ValidateNested()
  @Type(() => RuleTriggerDto)
  trigger: RuleTriggerDto;

  /**
   * What must hold: `{ all: [...] }`, `{ any: [...] }`, `{ not: ... }` or `{ field, op, value }`, where op is eq, ne, gt, gte,
   * lt, lte, in, contains or exists, and field begins with `event.`, `event.payload.`, `contact.` or `contact.attributes.`; any
   * other field is one of the event's payload. At most 8 deep and 64 in all. Left out: it always holds.
   */
  @IsOptional()
  @IsObject()
  conditions?: Record<string, unknown> | null;

  /** What happens, in this order; 1 to 20, and 60 with those below them. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_STEPS)
  @ValidateNested({ each: true })
  @Type(() => RuleStepDto)
  steps: RuleStepDto[];

  /** When a run ends before its last step: at an event about its contact, or where a condition holds before a step. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ExitDto)
  exitWhen?: ExitDto | null;

  /** How often a contact may go through it: always (default), when_ended (one run at a time) or once. */
  @IsOptional()
  @IsIn(REENTRIES)
  reentry?: Reentry | null;

  /** Most runs for one contact within an hour, 1 to 1000; 20 when left out. What comes beyond is a run that is STOPPED: loop_guard. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  mostPerHour?: number | null;
}

export class UpdateRuleDto {
  /** New name. */
  @IfGiven()
  @IsPlainText(100)
  name?: string;

  /** Whether it begins new runs. */
  @IfGiven()
  @IsBoolean()
  enabled?: boolean;

  /** Replaces the trigger. */
  @IfGiven()
  @IsObject()
  @ValidateNested()
  @Type(() => RuleTriggerDto)
  trigger?: RuleTriggerDto;

  /** Replaces the condition; null takes it away. */
  @IsOptional()
  @IsObject()
  conditions?: Record<string, unknown> | null;

  /** Replaces all steps. Runs that are under way go on with those that they began with. */
  @IfGiven()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_STEPS)
  @ValidateNested({ each: true })
  @Type(() => RuleStepDto)
  steps?: RuleStepDto[];

  /** Replaces it; null takes it away. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ExitDto)
  exitWhen?: ExitDto | null;

  /** Replaces it; counts from now on. */
  @IfGiven()
  @IsIn(REENTRIES)
  reentry?: Reentry;

  /** Replaces it. */
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(1000)
  mostPerHour?: number;
}
