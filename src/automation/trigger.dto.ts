import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { IsIanaZone, IsPlainText, IsUuid } from '../platform/http/fields';
import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';
import { MATCHINGS, type Matching } from './trigger/match';

export const EVENT_NAME = /^[A-Za-z][\w.:-]{0,99}$/;
export const EVENT_NAME_WORDS = 'must be a name such as order.paid, at most 100 characters';
export const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;
export const TIME_OF_DAY_WORDS = 'must be a time of day such as 09:00';

const TRIGGER_TYPES = ['event', 'message_received', 'session', 'contact_changed', 'date', 'schedule'] as const;

export class RuleTriggerDto {
  /** What kind of thing sets the rule off; event when left out. */
  @IsOptional()
  @IsIn(TRIGGER_TYPES)
  type?: (typeof TRIGGER_TYPES)[number] | null;

  /** event: its name, such as order.paid or call.completed: letters, digits, `.`, `_`, `-` and `:`, at most 100. session: session.opened, session.updated or session.closed. */
  @IsOptional()
  @IsString()
  @Matches(EVENT_NAME, { message: EVENT_NAME_WORDS })
  event?: string | null;

  /** message_received: how `words` are looked for in what the person wrote: any (default: whatever it says), exact, starts_with or contains_word. Capitals, accents and punctuation do not count. */
  @IsOptional()
  @IsIn(MATCHINGS)
  match?: Matching | null;

  /** message_received: 1 to 20 words or phrases; one of them is enough. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @IsPlainText(100, { each: true })
  words?: string[] | null;

  /** message_received: only on these channel types. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(4)
  @IsIn(CHANNEL_TYPES, { each: true })
  channelTypes?: ChannelType[] | null;

  /** session: only when its status now is this one, such as PENDING. */
  @IsOptional()
  @IsIn(['INITIATED', 'ACTIVE', 'PENDING', 'COMPLETED', 'FAILED'])
  status?: string | null;

  /** contact_changed: language, timezone, name, externalId, addresses, or attributes.<key>. */
  @IsOptional()
  @IsPlainText(60)
  field?: string | null;

  /** contact_changed: only when it is this now: text, a number, true, false, or null for nothing. Left out: any change. */
  @IsOptional()
  value?: unknown;

  /** date: the attribute that holds a date, such as 2026-12-01. schedule: all contacts that have this attribute. */
  @IsOptional()
  @IsPlainText(40)
  attribute?: string | null;

  /** date: so many days after the date, or before it where negative; -365 to 365, 0 when left out. */
  @IsOptional()
  @IsInt()
  @Min(-365)
  @Max(365)
  days?: number | null;

  /** date: the time of day by the contact's clock, such as 09:00. */
  @IsOptional()
  @Matches(TIME_OF_DAY, { message: TIME_OF_DAY_WORDS })
  at?: string | null;

  /** date: on that day of every year, as for birthdays. */
  @IsOptional()
  @IsBoolean()
  yearly?: boolean | null;

  /** schedule: RFC 5545 rule such as FREQ=WEEKLY;BYDAY=MO. */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  recurrence?: string | null;

  /** schedule: the first time that may be one, by the clock of `timezone`, such as 2026-12-01T09:00. */
  @IsOptional()
  @IsString()
  @MaxLength(19)
  start?: string | null;

  /** schedule: IANA time zone. */
  @IsOptional()
  @IsIanaZone()
  timezone?: string | null;

  /** schedule: the contacts of this segment; or attribute. */
  @IsOptional()
  @IsUuid()
  segmentId?: string | null;
}
