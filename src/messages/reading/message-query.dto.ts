import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsRfc3339, IsUuid } from '../../platform/http/fields';
import { PageQuery } from '../../platform/http/page';
import { MESSAGE_STATUSES, type MessageStatus } from '../message-status';

export const DIRECTIONS = ['OUTBOUND', 'INBOUND', 'INTERNAL'] as const;
export type Direction = (typeof DIRECTIONS)[number];

export class MessageQuery extends PageQuery {
  /** Only messages in this direction. Notes (INTERNAL) are listed only where they, or one conversation, are asked for. */
  @IsOptional()
  @IsIn(DIRECTIONS)
  direction?: Direction;

  /** Only messages in this status. */
  @IsOptional()
  @IsIn(MESSAGE_STATUSES)
  status?: MessageStatus;

  /** Only messages on this channel. */
  @IsOptional()
  @IsUuid()
  channelId?: string;

  /** Only messages to and from this contact. */
  @IsOptional()
  @IsUuid()
  contactId?: string;

  /** Only messages of this conversation. */
  @IsOptional()
  @IsUuid()
  sessionId?: string;

  /** Only messages with this recipient, written as it was normalised. */
  @IsOptional()
  @IsString()
  @MaxLength(320)
  to?: string;

  /** Only messages made at or after this instant. */
  @IsOptional()
  @IsRfc3339()
  from?: string;

  /** Only messages made before this instant. */
  @IsOptional()
  @IsRfc3339()
  until?: string;
}

/** Within one conversation, which the path names. */
export class SessionMessagesQuery extends OmitType(MessageQuery, ['sessionId']) {}

export class DeadLetterQuery extends PageQuery {
  /** Only dead letters of this channel. */
  @IsOptional()
  @IsUuid()
  channelId?: string;

  /** Only dead letters with this reason code. */
  @IsOptional()
  @IsString()
  @MaxLength(60)
  reason?: string;
}

export class DeadLetterFilterDto {
  /** Only dead letters of this channel. */
  @IsOptional()
  @IsUuid()
  channelId?: string;

  /** Only dead letters with this reason code. */
  @IsOptional()
  @IsString()
  @MaxLength(60)
  reason?: string;
}

export class ReplayDto {
  /** Which messages, 1 to 1000; or filter. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @ArrayUnique()
  @IsUuid({ each: true })
  ids?: string[];

  /** All that match, 1000 at a time; `{}` is every dead letter. */
  @IsOptional()
  @ValidateNested()
  @Type(() => DeadLetterFilterDto)
  filter?: DeadLetterFilterDto;
}

export class ReplayResponse {
  /** How many messages went back to the queue; repeat until it is 0. */
  replayed: number;
}
