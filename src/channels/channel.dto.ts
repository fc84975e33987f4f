import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IfGiven } from '../platform/http/if-given';
import { IsPlainText } from '../platform/http/fields';
import { PageQuery } from '../platform/http/page';
import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';

export class RateLimitDto {
  /** Most messages a second on this channel, over all workers. */
  @IsNumber({ allowNaN: false, allowInfinity: false, maxDecimalPlaces: 3 })
  @Min(0.001)
  @Max(10_000)
  perSecond: number;
}

export class CreateChannelDto {
  /** Name that people know it by; unique in the tenant. */
  @IsPlainText(100)
  name: string;

  /** EMAIL, SMS, WHATSAPP or TELEGRAM. */
  @IsIn(CHANNEL_TYPES)
  channelType: ChannelType;

  /** One of GET /providers. */
  @IsString()
  @MaxLength(40)
  @Matches(/^[a-z0-9-]+$/, { message: 'must be a provider type such as twilio' })
  providerType: string;

  /** Sender: an address, a number in E.164, or what the provider calls it. */
  @IsPlainText(320)
  from: string;

  /** What GET /providers lists for the provider. Never shown again. */
  @IsOptional()
  @IsObject()
  credentials?: Record<string, string>;

  /** Taken where a message names the channel type only; one a channel type. */
  @IsOptional()
  @IsBoolean()
  isDefault?: boolean;

  @IsOptional()
  @ValidateNested()
  @Type(() => RateLimitDto)
  rateLimit?: RateLimitDto;

  /** Options of the provider. */
  @IsOptional()
  @IsObject()
  settings?: Record<string, unknown>;
}

export class UpdateChannelDto {
  /** New name. */
  @IfGiven()
  @IsPlainText(100)
  name?: string;

  /** New sender. */
  @IfGiven()
  @IsPlainText(320)
  from?: string;

  /** Fields to replace; those not named stay as they are. */
  @IfGiven()
  @IsObject()
  credentials?: Record<string, string>;

  /** Makes it the default of its channel type, or takes that away. */
  @IfGiven()
  @IsBoolean()
  isDefault?: boolean;

  @IfGiven()
  @ValidateNested()
  @Type(() => RateLimitDto)
  rateLimit?: RateLimitDto;

  /** Replaces all settings. */
  @IfGiven()
  @IsObject()
  settings?: Record<string, unknown>;

  /** ACTIVE or DISABLED. Messages of a disabled channel wait. */
  @IfGiven()
  @IsIn(['ACTIVE', 'DISABLED'])
  status?: 'ACTIVE' | 'DISABLED';
}

export class ChannelQuery extends PageQuery {
  /** Only channels of this type. */
  @IsOptional()
  @IsIn(CHANNEL_TYPES)
  channelType?: ChannelType;

  /** Only channels of this provider. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  providerType?: string;
}
