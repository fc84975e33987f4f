import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, Matches, ValidateNested } from 'class-validator';
import { IsIanaZone, IsLanguageTag, IsPlainText } from '../platform/http/fields';
import { IfGiven } from '../platform/http/if-given';
import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';
import { IsChannelChoices, IsTopicChoices, type TopicChange } from './topic-choices';

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;
const TIME_MESSAGE = { message: 'must be a time of day such as 21:00' };

export class QuietHoursDto {
  /** From this time of day, in the contact's time zone. */
  @Matches(TIME_OF_DAY, TIME_MESSAGE)
  start: string;

  /** Until this time of day; before `start` means: of the next day. */
  @Matches(TIME_OF_DAY, TIME_MESSAGE)
  end: string;
}

export class ChannelChoiceDto {
  /** false: no message of any kind on this channel type. */
  @IsBoolean()
  allowed: boolean;

  /** Where the contact said so: a form, a call, a letter. */
  @IsOptional()
  @IsPlainText(100)
  source?: string | null;
}

export class ChannelChoicesDto {
  /** E-mail; null takes the choice away. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ChannelChoiceDto)
  EMAIL?: ChannelChoiceDto | null;

  /** SMS; null takes the choice away. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ChannelChoiceDto)
  SMS?: ChannelChoiceDto | null;

  /** WhatsApp; null takes the choice away. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ChannelChoiceDto)
  WHATSAPP?: ChannelChoiceDto | null;

  /** Telegram; null takes the choice away. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ChannelChoiceDto)
  TELEGRAM?: ChannelChoiceDto | null;
}

export class PurposeChoicesDto {
  /** What advertises. */
  @IsOptional()
  @IsChannelChoices()
  MARKETING?: TopicChange;

  /** Everything else. */
  @IsOptional()
  @IsChannelChoices()
  TRANSACTIONAL?: TopicChange;
}

/** What to change: fields left out stay; channel types and topics left out stay; null takes away. */
export class UpdatePreferencesDto {
  /** true: no message at all, whatever the rest says. */
  @IfGiven()
  @IsBoolean()
  doNotContact?: boolean;

  /** Why not to contact, in words. */
  @IsOptional()
  @IsPlainText(500, { newlines: true })
  reason?: string | null;

  /** Channel type that the contact likes best. */
  @IsOptional()
  @IsIn(CHANNEL_TYPES)
  preferredChannel?: ChannelType | null;

  /** Language; the same as the contact's. */
  @IsOptional()
  @IsLanguageTag()
  language?: string | null;

  /** Time zone; the same as the contact's. */
  @IsOptional()
  @IsIanaZone()
  timezone?: string | null;

  /** When not to disturb. */
  @IsOptional()
  @ValidateNested()
  @Type(() => QuietHoursDto)
  quietHours?: QuietHoursDto | null;

  /** Whether each channel type may be used. */
  @IfGiven()
  @ValidateNested()
  @Type(() => ChannelChoicesDto)
  channels?: ChannelChoicesDto;

  /** Per purpose, whether each channel type may be used: `{ "MARKETING": { "EMAIL": false } }`. */
  @IfGiven()
  @ValidateNested()
  @Type(() => PurposeChoicesDto)
  purposes?: PurposeChoicesDto;

  /** Per topic, whether each channel type may be used: `{ "promotional": { "EMAIL": false } }`. At most 50 in a request. */
  @IfGiven()
  @IsTopicChoices()
  topics?: Record<string, TopicChange>;
}
