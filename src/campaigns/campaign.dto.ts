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
import { ContentDto, TrackingDto } from '../messages/accept/message.dto';
import { IsIanaZone, IsMetadata, IsPlainText, IsRfc3339, IsUuid } from '../platform/http/fields';
import { IfGiven } from '../platform/http/if-given';
import { PageQuery } from '../platform/http/page';
import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';
import { AbTestDto, AutoPauseDto, BulkRateDto, RampUpDto } from './campaign-pace.dto';
import { CAMPAIGN_STATUSES, RECIPIENT_STATUSES, type CampaignStatus, type RecipientStatus } from './campaign-status';

export class BulkRecipientDto {
  /** Address: e-mail, E.164 number, WhatsApp id or Telegram chat id; or contactId. */
  @IsOptional()
  @IsString()
  @MaxLength(320)
  to?: string | null;

  /** Takes the contact's address for the channel type. */
  @IsOptional()
  @IsUuid()
  contactId?: string | null;

  /** Values for the template, for this recipient. */
  @IsOptional()
  @IsObject()
  variables?: Record<string, unknown> | null;
}

export class VariantDto {
  /** A template of the channel's type; or content. */
  @IsOptional()
  @IsUuid()
  templateId?: string | null;

  /** What it says; or templateId. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ContentDto)
  content?: ContentDto | null;

  /** Its share of the recipients against the other variants, 1 to 100. */
  @IsInt()
  @Min(1)
  @Max(100)
  weight: number;
}

export class CreateCampaignDto {
  /** Name that people know it by. */
  @IsPlainText(100)
  name: string;

  /** The channel to send on; or channelType. */
  @IsOptional()
  @IsUuid()
  channelId?: string | null;

  /** Takes the tenant's default channel of this type. */
  @IsOptional()
  @IsIn(CHANNEL_TYPES)
  channelType?: ChannelType | null;

  /** A template of the channel's type; or content, or variants. */
  @IsOptional()
  @IsUuid()
  templateId?: string | null;

  /** What it says; or templateId, or variants. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ContentDto)
  content?: ContentDto | null;

  /** Two to ten versions that are tried against each other; instead of templateId and content. */
  @IfGiven()
  @IsArray()
  @ArrayMinSize(2)
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => VariantDto)
  variants?: VariantDto[];

  /** MARKETING (default) or TRANSACTIONAL: which consent it needs. */
  @IsOptional()
  @IsIn(['MARKETING', 'TRANSACTIONAL'])
  purpose?: 'MARKETING' | 'TRANSACTIONAL' | null;

  /** Kind of notification, such as product_news; contacts choose by it. */
  @IsOptional()
  @Matches(/^[a-z][a-z0-9_]{0,59}$/, { message: 'must be lower-case letters, digits and _, at most 60' })
  topic?: string | null;

  /** at_least_once (default), or at_most_once: nobody is written to again while the first outcome is unknown. */
  @IsOptional()
  @IsIn(['at_least_once', 'at_most_once'])
  delivery?: 'at_least_once' | 'at_most_once' | null;

  /** Whether clicks and openings of its e-mails are told. */
  @IsOptional()
  @ValidateNested()
  @Type(() => TrackingDto)
  tracking?: TrackingDto | null;

  /** Whom it goes to, at most 10,000 here; those with the same address are merged. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(10_000)
  @ValidateNested({ each: true })
  @Type(() => BulkRecipientDto)
  recipients?: BulkRecipientDto[];

  /** Whom it goes to besides: contacts about whom these conditions are true when it starts (`POST /segments`). */
  @IsOptional()
  @IsObject()
  segment?: Record<string, unknown> | null;

  /** The same by a segment that was kept; what it says now. */
  @IsOptional()
  @IsUuid()
  segmentId?: string | null;

  /** true: everybody gets it when it is scheduledAt by the clocks of their own time zone; who has none, by `timezone`. */
  @IsOptional()
  @IsBoolean()
  inRecipientTimezone?: boolean | null;

  /** Tries the variants on a share of the recipients first; the others get the one that did best. */
  @IsOptional()
  @ValidateNested()
  @Type(() => AbTestDto)
  abTest?: AbTestDto | null;

  /** Begins with few messages a day and sends more each day, until mailbox providers know the sender. */
  @IsOptional()
  @ValidateNested()
  @Type(() => RampUpDto)
  rampUp?: RampUpDto | null;

  /** When it stops by itself; left out: at 10 % that come back or 0.5 % complaints, from 500 messages on. */
  @IsOptional()
  @ValidateNested()
  @Type(() => AutoPauseDto)
  autoPause?: AutoPauseDto | null;

  /** true: starts at once, or at scheduledAt; otherwise it stays a DRAFT until it is started. */
  @IsOptional()
  @IsBoolean()
  start?: boolean | null;

  /** When it is to start, at most two years ahead. */
  @IsOptional()
  @IsRfc3339()
  scheduledAt?: string | null;

  /** Time zone in which `recurrence` counts, such as Europe/Berlin; UTC when left out. */
  @IsOptional()
  @IsIanaZone()
  timezone?: string | null;

  /** How it repeats from scheduledAt on: a recurrence rule of RFC 5545, `FREQ=WEEKLY;BYDAY=MO`, hourly at most. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  recurrence?: string | null;

  @IsOptional()
  @ValidateNested()
  @Type(() => BulkRateDto)
  rate?: BulkRateDto | null;

  /** Your own facts about it; given back, never sent. */
  @IsOptional()
  @IsMetadata()
  metadata?: Record<string, unknown> | null;
}

export class CampaignQuery extends PageQuery {
  /** Only bulk sends in this status. */
  @IsOptional()
  @IsIn(CAMPAIGN_STATUSES)
  status?: CampaignStatus;

  /** Only runs of this recurring bulk send. */
  @IsOptional()
  @IsUuid()
  parentId?: string;
}

export class RecipientQuery extends PageQuery {
  /** Only recipients in this status. */
  @IsOptional()
  @IsIn(RECIPIENT_STATUSES)
  status?: RecipientStatus;
}

export class RetryFailedDto {
  /** Only those that failed for one of these reasons (`reason.code`); everyone who failed when left out. */
  @IfGiven()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsPlainText(100, { each: true })
  reasons?: string[];
}

/** Fields left out stay as they are. */
export class UpdateCampaignDto {
  @IfGiven()
  @IsPlainText(100)
  name?: string;

  /** While it waits for its time, or is a DRAFT; null: at once when it is started. */
  @IsOptional()
  @IsRfc3339()
  scheduledAt?: string | null;

  /** The whole rate anew; null: as fast as the channel allows. Once it is started, the domains stay and their rates may change. */
  @IsOptional()
  @ValidateNested()
  @Type(() => BulkRateDto)
  rate?: BulkRateDto | null;

  /** null: everybody as soon as the rate allows. */
  @IsOptional()
  @ValidateNested()
  @Type(() => RampUpDto)
  rampUp?: RampUpDto | null;

  /** null: it never stops by itself. */
  @IsOptional()
  @ValidateNested()
  @Type(() => AutoPauseDto)
  autoPause?: AutoPauseDto | null;

  @IsOptional()
  @IsMetadata()
  metadata?: Record<string, unknown> | null;
}

export class TestCampaignDto {
  /** Up to 5 addresses of the channel type. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(5)
  @IsString({ each: true })
  @MaxLength(320, { each: true })
  to: string[];

  /** Place in `variants` of the one to try; the first when left out. */
  @IfGiven()
  @IsInt()
  @Min(0)
  @Max(9)
  variant?: number;

  /** Values for the template. */
  @IsOptional()
  @IsObject()
  variables?: Record<string, unknown> | null;
}
