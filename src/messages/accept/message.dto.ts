import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsLatitude,
  IsLongitude,
  IsNumber,
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
import {
  IsIanaZone,
  IsInstantOrLocalTime,
  IsLanguageTag,
  IsMetadata,
  IsPlainText,
  IsRfc3339,
  IsUuid,
} from '../../platform/http/fields';
import { IfGiven } from '../../platform/http/if-given';
import { QueryBool } from '../../platform/http/query-fields';
import { CHANNEL_TYPES, MESSAGE_TYPES, type ChannelType, type MessageType } from '../../providers/provider';
import { LANE_NAMES, type Lane } from '../dispatch/retry-policy';

const LONGEST_TEXT = 100_000;
export const LONGEST_GRACE_SECONDS = 7 * 86_400;
const WEB_ADDRESS = { protocols: ['https', 'http'], require_protocol: true, require_tld: false };

export class MediaDto {
  /** Where the provider fetches it, http or https. */
  @IsString()
  @MaxLength(2000)
  @IsUrl(WEB_ADDRESS, { message: 'must be an http or https URL' })
  url: string;

  /** MIME type, "image/png". */
  @IsOptional()
  @Matches(/^[a-z0-9!#$&^_.+-]{1,60}\/[a-z0-9!#$&^_.+-]{1,60}$/, { message: 'must be a MIME type such as image/png' })
  contentType?: string;

  @IsOptional()
  @IsPlainText(200)
  filename?: string;

  /** Shown below it. */
  @IsOptional()
  @IsPlainText(1024, { newlines: true })
  caption?: string;
}

export class LocationDto {
  /** Degrees, -90 to 90. */
  @IsNumber()
  @IsLatitude()
  latitude: number;

  /** Degrees, -180 to 180. */
  @IsNumber()
  @IsLongitude()
  longitude: number;

  @IsOptional()
  @IsPlainText(200)
  name?: string;

  @IsOptional()
  @IsPlainText(500)
  address?: string;
}

export class ButtonDto {
  /** What the person reads. */
  @IsPlainText(100)
  title: string;

  /** What comes back when it is pressed. */
  @IsOptional()
  @IsPlainText(256)
  payload?: string;

  /** Opens this address instead. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  @IsUrl(WEB_ADDRESS, { message: 'must be an http or https URL' })
  url?: string;
}

export class ContentDto {
  /** Subject line of an e-mail. */
  @IsOptional()
  @IsPlainText(998)
  subject?: string;

  /** Plain text. */
  @IsOptional()
  @IsPlainText(LONGEST_TEXT, { newlines: true })
  text?: string;

  /** HTML of an e-mail, or the HTML subset of Telegram. */
  @IsOptional()
  @IsPlainText(LONGEST_TEXT, { newlines: true })
  html?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => MediaDto)
  media?: MediaDto;

  @IsOptional()
  @ValidateNested()
  @Type(() => LocationDto)
  location?: LocationDto;

  /** Quick answers, at most 10; fewer where the provider says so. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(10)
  @ValidateNested({ each: true })
  @Type(() => ButtonDto)
  buttons?: ButtonDto[];
}

export class AttachmentRefDto {
  /** Id from POST /attachments. */
  @IsUuid()
  attachmentId: string;
}

/** What left out is as the tenant has set (`/tracking-settings`). */
export class TrackingDto {
  /** Links in the HTML of an e-mail lead over this server, which notes the click and sends the person on. */
  @IfGiven()
  @IsBoolean()
  clicks?: boolean;

  /** A picture that nobody sees tells that the e-mail was opened. */
  @IfGiven()
  @IsBoolean()
  opens?: boolean;
}

/** What a message says, whoever it goes to. */
export class MessageBodyDto {
  /** TEXT, HTML, IMAGE, VIDEO, AUDIO, FILE, LOCATION or TEMPLATE. Left out: TEMPLATE with a template, HTML with html, else TEXT. */
  @IsOptional()
  @IsIn(MESSAGE_TYPES)
  messageType?: MessageType;

  /** What it says; not together with a template. */
  @IsOptional()
  @ValidateNested()
  @Type(() => ContentDto)
  content?: ContentDto;

  /** A template of the channel's type. */
  @IsOptional()
  @IsUuid()
  templateId?: string;

  /** Instead of templateId: its name, found in `language` or the nearest language there is. */
  @IsOptional()
  @IsPlainText(100)
  templateName?: string;

  /** Language of the template: `de-AT` falls back to `de`, then to the tenant's own. */
  @IsOptional()
  @IsLanguageTag()
  language?: string;

  /** Values for the template. */
  @IsOptional()
  @IsObject()
  variables?: Record<string, unknown>;

  /** Files that go with it. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => AttachmentRefDto)
  attachments?: AttachmentRefDto[];

  /** Whether clicks and openings of an e-mail are told, as CLICKED and OPENED in its timeline. */
  @IsOptional()
  @ValidateNested()
  @Type(() => TrackingDto)
  tracking?: TrackingDto;

  /** Your own facts about it; given back, never sent. */
  @IsOptional()
  @IsMetadata()
  metadata?: Record<string, unknown>;

  /** Your own name for it; at most 200 characters. */
  @IsOptional()
  @IsPlainText(200)
  clientReference?: string;
}

export class SendMessageDto extends MessageBodyDto {
  /** The channel to send on; or channelType. */
  @IsOptional()
  @IsUuid()
  channelId?: string;

  /** Takes the tenant's default channel of this type. */
  @IsOptional()
  @IsIn(CHANNEL_TYPES)
  channelType?: ChannelType;

  /** Address: e-mail, E.164 number, WhatsApp id or Telegram chat id; or contactId. */
  @IsOptional()
  @IsString()
  @MaxLength(320)
  to?: string;

  /** Takes the contact's address for the channel type. */
  @IsOptional()
  @IsUuid()
  contactId?: string;

  /** TRANSACTIONAL (default) or MARKETING. */
  @IsOptional()
  @IsIn(['TRANSACTIONAL', 'MARKETING'])
  purpose?: 'TRANSACTIONAL' | 'MARKETING';

  /** Kind of notification, such as order_confirmation; contacts choose by it. */
  @IsOptional()
  @Matches(/^[a-z][a-z0-9_]{0,59}$/, { message: 'must be lower-case letters, digits and _, at most 60' })
  topic?: string;

  /** otp, transactional (default) or bulk: which queue, and how long it is tried. */
  @IsOptional()
  @IsIn(LANE_NAMES)
  lane?: Lane;

  /** Not before this instant, at most two years ahead; or a local time without offset, with `timezone`. */
  @IsOptional()
  @IsInstantOrLocalTime()
  scheduledAt?: string;

  /** IANA time zone by whose clocks a local `scheduledAt`, or a `recurrence`, is meant. Its clock changes are followed. */
  @IsOptional()
  @IsIanaZone()
  timezone?: string;

  /**
   * RFC 5545 rule such as FREQ=WEEKLY;BYDAY=MO: a message at each of its times from `scheduledAt` on, made anew each time out of
   * this request. Needs `timezone`; the answer's `id` is then that of the schedule.
   */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  recurrence?: string;

  /** How late, in seconds, a scheduled message may still go when nobody could send it at its time; 3600 when left out. */
  @IsOptional()
  @IsInt()
  @Min(60)
  @Max(LONGEST_GRACE_SECONDS)
  graceSeconds?: number;

  /** Not after this instant. */
  @IsOptional()
  @IsRfc3339()
  expiresAt?: string;

  /** at_least_once (default), or at_most_once: never sent again while the first outcome is unknown. */
  @IsOptional()
  @IsIn(['at_least_once', 'at_most_once'])
  delivery?: 'at_least_once' | 'at_most_once';
}

export class ReplyDto extends MessageBodyDto {
  /** A canned reply in the place of content.text; `variables` are for it then. */
  @IsOptional()
  @IsUuid()
  cannedReplyId?: string;
}

export class SendQuery {
  /** true: nothing is stored or sent; the answer tells what would happen. An Idempotency-Key is not looked at. */
  @IsOptional()
  @QueryBool()
  dryRun?: boolean;
}
