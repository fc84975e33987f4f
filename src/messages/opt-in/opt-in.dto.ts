import { IsIn, IsOptional, Matches } from 'class-validator';
import { IsUuid } from '../../platform/http/fields';
import { CHANNEL_TYPES, type ChannelType } from '../../providers/provider';

export class RequestOptInDto {
  /** EMAIL, SMS, WHATSAPP or TELEGRAM: where the person is asked, and for what the answer counts. */
  @IsIn(CHANNEL_TYPES)
  channelType: ChannelType;

  /** The topic to say yes to; left out: advertising altogether. */
  @IsOptional()
  @Matches(/^[a-z][a-z0-9_]{0,59}$/, { message: 'must be lower-case letters, digits and _, at most 60' })
  topic?: string | null;

  /** The channel to ask on; left out: the tenant's default for the channel type. */
  @IsOptional()
  @IsUuid()
  channelId?: string | null;

  /** A template of yours instead of our words; it gets `confirm_url`, `topic`, `sender` and `name`. */
  @IsOptional()
  @IsUuid()
  templateId?: string | null;
}

export class OptInRequestResponse {
  /** Stands as `requestId` in the consent events of the request and of its answer. */
  id: string;
  /** The message that asks. */
  messageId: string;
  channelType: string;
  /** null: advertising altogether. */
  topic: string | null;
  /** Until then the person can confirm. */
  expiresAt: string;
}
