import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsInt, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { IfGiven } from '../../platform/http/if-given';
import { CHANNEL_TYPES, type ChannelType } from '../../providers/provider';

const MOST_HOURS = 8760;
const MOST_MINUTES = 43_200;

/** OFF: moods are not asked for. LOCAL: by the word lists of Carillon. ENDPOINT: by the operator's SENTIMENT_URL. */
export const SENTIMENT_SOURCES = ['OFF', 'LOCAL', 'ENDPOINT'] as const;
export type SentimentSource = (typeof SENTIMENT_SOURCES)[number];

export class ResponseTimesDto {
  /** Minutes in which a person who writes for the first time is to be answered, 1 to 43200; null: no limit. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_MINUTES)
  firstResponseMinutes?: number | null;

  /** Minutes in which each further message is to be answered, 1 to 43200; null: no limit. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_MINUTES)
  nextResponseMinutes?: number | null;
}

export class ChannelTypeTimesDto extends ResponseTimesDto {
  /** Where these times stand in the place of the general ones. */
  @IsIn(CHANNEL_TYPES)
  channelType: ChannelType;
}

/** Fields left out stay as they are; null takes a limit away. */
export class UpdateSessionSettingsDto extends ResponseTimesDto {
  /** Hours without a message after which an open conversation becomes COMPLETED, 1 to 8760; null: never. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MOST_HOURS)
  autoCompleteHours?: number | null;

  /** Times of single channel types, replaced as a whole. What an entry leaves out holds as it does in general. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(CHANNEL_TYPES.length)
  @ArrayUnique((entry?: ChannelTypeTimesDto | null) => entry?.channelType, {
    message: 'must name each channel type once',
  })
  @ValidateNested({ each: true })
  @Type(() => ChannelTypeTimesDto)
  perChannelType?: ChannelTypeTimesDto[];

  /**
   * How the mood of what people write is told: OFF, LOCAL (word lists, nothing leaves Carillon) or ENDPOINT (the text of each
   * message is sent to the SENTIMENT_URL that the operator has set).
   */
  @IfGiven()
  @IsIn(SENTIMENT_SOURCES)
  sentiment?: SentimentSource;
}

export class ChannelTypeTimesResponse {
  channelType: string;
  firstResponseMinutes: number | null;
  nextResponseMinutes: number | null;
}

export class SessionSettingsResponse {
  /** Hours without a message after which an open conversation becomes COMPLETED; null: never. */
  autoCompleteHours: number | null;
  /** Minutes in which a person who writes for the first time is to be answered. */
  firstResponseMinutes: number | null;
  /** Minutes in which each further message is to be answered. */
  nextResponseMinutes: number | null;
  /** What holds on single channel types in their place; null there: as in general. */
  perChannelType: ChannelTypeTimesResponse[];
  /** OFF, LOCAL or ENDPOINT. */
  sentiment: string;
}
