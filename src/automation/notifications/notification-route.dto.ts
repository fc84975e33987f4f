import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsUuid } from '../../platform/http/fields';
import { IfGiven } from '../../platform/http/if-given';
import { CHANNEL_TYPES, type ChannelType } from '../../providers/provider';

const MOST_MINUTES = 1440;

export class RouteParam {
  /** The topic: lower-case letters, digits and _, at most 60. */
  @Matches(/^[a-z][a-z0-9_]{0,59}$/)
  topic: string;
}

/** The template of each channel type. */
export class RouteTemplatesDto {
  @IsOptional()
  @IsUuid()
  EMAIL?: string | null;

  @IsOptional()
  @IsUuid()
  SMS?: string | null;

  @IsOptional()
  @IsUuid()
  WHATSAPP?: string | null;

  @IsOptional()
  @IsUuid()
  TELEGRAM?: string | null;
}

export const ROUTE_MODES = ['ALL', 'FIRST_REACHABLE'] as const;
export const PURPOSES = ['TRANSACTIONAL', 'MARKETING'] as const;

export class PutRouteDto {
  /**
   * ALL: one message on each of the channels that the person allows. FIRST_REACHABLE: one message, on the first of them on which
   * the person can be reached; when it fails, on the next.
   */
  @IsIn(ROUTE_MODES)
  mode: (typeof ROUTE_MODES)[number];

  /** In this order. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(CHANNEL_TYPES.length)
  @ArrayUnique()
  @IsIn(CHANNEL_TYPES, { each: true })
  channels: ChannelType[];

  /** Templates by channel type. One that is not named is the template that is called as the topic. */
  @IfGiven()
  @ValidateNested()
  @Type(() => RouteTemplatesDto)
  templates?: RouteTemplatesDto;

  /** What the person is asked as: left out: TRANSACTIONAL. */
  @IfGiven()
  @IsIn(PURPOSES)
  purpose?: (typeof PURPOSES)[number];

  /** For so long after it was made a message that fails is followed by one on the next channel. Left out: 60. */
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(MOST_MINUTES)
  fallbackMinutes?: number;
}

export class RouteResponse {
  topic: string;
  mode: (typeof ROUTE_MODES)[number];
  channels: ChannelType[];
  templates: RouteTemplatesDto;
  purpose: (typeof PURPOSES)[number];
  fallbackMinutes: number;
  /** null: nobody changed it; this is how it usually goes. */
  updatedAt: string | null;
}
