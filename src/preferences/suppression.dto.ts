import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsPlainText, IsRfc3339 } from '../platform/http/fields';
import { IfGiven } from '../platform/http/if-given';
import { PageQuery } from '../platform/http/page';
import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';
import { SUPPRESSION_PURPOSES, SUPPRESSION_REASONS, type SuppressionPurpose, type SuppressionReason } from './reasons';
import { PageInfo } from '../platform/http/page-info.dto';

export class CreateSuppressionDto {
  /** EMAIL, SMS, WHATSAPP or TELEGRAM. */
  @IsIn(CHANNEL_TYPES)
  channelType: ChannelType;

  /** Address that must not be written to; stored in its one spelling. */
  @IsString()
  @MaxLength(320)
  address: string;

  /** ALL (left out) or MARKETING. */
  @IfGiven()
  @IsIn(SUPPRESSION_PURPOSES)
  purpose?: SuppressionPurpose;

  /**
   * MANUAL (left out), HARD_BOUNCED, OPTED_OUT or COMPLAINED. The last two say that the person said so, elsewhere: only the
   * person can take them back.
   */
  @IfGiven()
  @IsIn(SUPPRESSION_REASONS)
  reason?: SuppressionReason;

  /** Where it comes from: an import, a letter, a call. Left out: api. */
  @IfGiven()
  @IsPlainText(200)
  source?: string;

  /** In force until then; left out: for good. */
  @IsOptional()
  @IsRfc3339()
  expiresAt?: string | null;
}

export class SuppressionQuery extends PageQuery {
  /** Only of this channel type; needed with address. */
  @IsOptional()
  @IsIn(CHANNEL_TYPES)
  channelType?: ChannelType;

  /** Only of this address, however it is spelled. */
  @IsOptional()
  @IsString()
  @MaxLength(320)
  address?: string;

  /** Only for this reason. */
  @IsOptional()
  @IsIn(SUPPRESSION_REASONS)
  reason?: SuppressionReason;
}

export class SuppressionResponse {
  id: string;
  /** EMAIL, SMS, WHATSAPP or TELEGRAM. */
  channelType: string;
  /** In its one spelling. */
  address: string;
  /** ALL or MARKETING. */
  purpose: string;
  /** OPTED_OUT, COMPLAINED, HARD_BOUNCED or MANUAL. */
  reason: string;
  source: string;
  /** Message that it was said about. */
  messageId: string | null;
  expiresAt: string | null;
  createdAt: string;
}

export class SuppressionPage {
  data: SuppressionResponse[];
  page: PageInfo;
}
