import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { ContentDto } from '../messages/accept/message.dto';
import { LANE_NAMES, type Lane } from '../messages/dispatch/retry-policy';
import { IsLanguageTag, IsMetadata, IsUuid } from '../platform/http/fields';
import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';
import type { StepType } from './steps';
import { EVENT_NAME, EVENT_NAME_WORDS, TIME_OF_DAY, TIME_OF_DAY_WORDS } from './trigger.dto';

const ONE_YEAR_SECONDS = 365 * 86_400;
const MOST_STEPS = 20;

export const STEP_TYPES = [
  'send',
  'wait',
  'wait_for_event',
  'branch',
  'update_contact',
  'add_to_segment',
  'webhook',
  'tell_event',
  'stop',
] as const satisfies readonly StepType[];

export class RuleStepDto {
  /**
   * send: one message. wait: nothing, for a time. wait_for_event: until an event about the contact, or a time is over. branch: one
   * way or the other. update_contact, add_to_segment: the contact of the run. webhook: calls an address of yours. tell_event: an
   * event that other rules can act on. stop: ends the run.
   */
  @IsIn(STEP_TYPES)
  type: StepType;

  /** send: the channel; or channelType. */
  @IsOptional()
  @IsUuid()
  channelId?: string | null;

  /** send: the tenant's default channel of this type. */
  @IsOptional()
  @IsIn(CHANNEL_TYPES)
  channelType?: ChannelType | null;

  /** send: a template of the channel's type; or content. It reads the event's payload as its variables. */
  @IsOptional()
  @IsUuid()
  templateId?: string | null;

  /** send: what it says; or templateId. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ContentDto)
  content?: ContentDto | null;

  /** send: address; left out: the contact of the run. */
  @IsOptional()
  @IsString()
  @MaxLength(320)
  to?: string | null;

  /** send: TRANSACTIONAL (default) or MARKETING. */
  @IsOptional()
  @IsIn(['TRANSACTIONAL', 'MARKETING'])
  purpose?: 'TRANSACTIONAL' | 'MARKETING' | null;

  /** send: kind of notification, such as order_confirmation; contacts choose by it. */
  @IsOptional()
  @Matches(/^[a-z][a-z0-9_]{0,59}$/, { message: 'must be lower-case letters, digits and _, at most 60' })
  topic?: string | null;

  /** send: otp, transactional (default) or bulk. */
  @IsOptional()
  @IsIn(LANE_NAMES)
  lane?: Lane | null;

  /** send: values for the template, before those of the event. */
  @IsOptional()
  @IsMetadata()
  variables?: Record<string, unknown> | null;

  /** wait: whole seconds, 1 to 31,536,000 (a year); or until. wait_for_event: how long at most. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(ONE_YEAR_SECONDS)
  seconds?: number | null;

  /** wait: the next time that the contact's clock shows this, such as 09:00; the tenant's clock for a contact without a zone. */
  @IsOptional()
  @Matches(TIME_OF_DAY, { message: TIME_OF_DAY_WORDS })
  until?: string | null;

  /** wait_for_event, tell_event: the name of the event. */
  @IsOptional()
  @Matches(EVENT_NAME, { message: EVENT_NAME_WORDS })
  event?: string | null;

  /** branch: a condition as that of the rule. */
  @IsOptional()
  @IsObject()
  conditions?: Record<string, unknown> | null;

  /** branch: when the condition holds. wait_for_event: when the event came in time. At most 3 deep and 60 in all. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_STEPS)
  @ValidateNested({ each: true })
  @Type(() => RuleStepDto)
  steps?: RuleStepDto[];

  /** branch: when it does not hold. wait_for_event: when the event did not come in time. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_STEPS)
  @ValidateNested({ each: true })
  @Type(() => RuleStepDto)
  otherwise?: RuleStepDto[];

  /** update_contact: language that the person reads. */
  @IsOptional()
  @IsLanguageTag()
  language?: string | null;

  /** update_contact: attributes to set; null takes one away, others stay. */
  @IsOptional()
  @IsMetadata()
  attributes?: Record<string, unknown> | null;

  /** add_to_segment: a segment that asks for attributes only (eq, or exists true): the contact gets them. */
  @IsOptional()
  @IsUuid()
  segmentId?: string | null;

  /** webhook: where the call goes, https; signed as Standard Webhooks says, with the secret of the rule. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false }, { message: 'must be a URL' })
  url?: string | null;

  /** tell_event: your own facts in it. */
  @IsOptional()
  @IsMetadata()
  payload?: Record<string, unknown> | null;
}
