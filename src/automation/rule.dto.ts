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
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { ContentDto } from '../messages/accept/message.dto';
import { IsPlainText, IsUuid } from '../platform/http/fields';
import { IfGiven } from '../platform/http/if-given';
import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';

const ONE_YEAR_SECONDS = 365 * 86_400;
const MOST_STEPS = 20;

export class RuleTriggerDto {
  /** Name of the event that sets the rule off, such as order.paid: letters, digits, `.`, `_`, `-` and `:`, at most 100. */
  @IsString()
  @Matches(/^[A-Za-z][\w.:-]{0,99}$/, { message: 'must be a name such as order.paid, at most 100 characters' })
  event: string;
}

export class RuleStepDto {
  /** send: one message. wait: nothing, for a time. */
  @IsIn(['send', 'wait'])
  type: 'send' | 'wait';

  /** send: the channel; or channelType. */
  @IsOptional()
  @IsUuid()
  channelId?: string | null;

  /** send: the tenant's default channel of this type. */
  @IsOptional()
  @IsIn(CHANNEL_TYPES)
  channelType?: ChannelType | null;

  /** send: a template of the channel's type; or content. */
  @IsOptional()
  @IsUuid()
  templateId?: string | null;

  /** send: what it says; or templateId. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ContentDto)
  content?: ContentDto | null;

  /** send: address; left out: the contact of the event. */
  @IsOptional()
  @IsString()
  @MaxLength(320)
  to?: string | null;

  /** wait: whole seconds, 1 to 31,536,000 (a year). */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(ONE_YEAR_SECONDS)
  seconds?: number | null;
}

export class CreateRuleDto {
  /** Name that people know it by; unique in the tenant. */
  @IsPlainText(100)
  name: string;

  /** Whether it is meant to run; true when left out. */
  @IsOptional()
  @IsBoolean()
  enabled?: boolean | null;

  @IsObject()
  @ValidateNested()
  @Type(() => RuleTriggerDto)
  trigger: RuleTriggerDto;

  /**
   * What must hold of the event: `{ all: [...] }`, `{ any: [...] }`, `{ not: ... }` or `{ field, op, value }`, where op is
   * eq, ne, gt, gte, lt, lte, in, contains or exists. At most 8 deep and 64 in all. Left out: every event.
   */
  @IsOptional()
  @IsObject()
  conditions?: Record<string, unknown> | null;

  /** What happens, in this order; 1 to 20. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_STEPS)
  @ValidateNested({ each: true })
  @Type(() => RuleStepDto)
  steps: RuleStepDto[];
}

export class UpdateRuleDto {
  /** New name. */
  @IfGiven()
  @IsPlainText(100)
  name?: string;

  /** Whether it is meant to run. */
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

  /** Replaces all steps. */
  @IfGiven()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_STEPS)
  @ValidateNested({ each: true })
  @Type(() => RuleStepDto)
  steps?: RuleStepDto[];
}
