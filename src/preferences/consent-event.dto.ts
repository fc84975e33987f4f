import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQuery } from '../platform/http/page';
import { PageInfo } from '../platform/http/page-info.dto';
import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';
import { CONSENT_ACTIONS, type ConsentAction } from './consent.queries';

export class ConsentQuery extends PageQuery {
  /** Only of this channel type; needed with address. */
  @IsOptional()
  @IsIn(CHANNEL_TYPES)
  channelType?: ChannelType;

  /** Only of this address, however it is spelled. */
  @IsOptional()
  @IsString()
  @MaxLength(320)
  address?: string;

  /** Only this kind of statement. */
  @IsOptional()
  @IsIn(CONSENT_ACTIONS)
  action?: ConsentAction;
}

export class ConsentEventResponse {
  id: string;
  /** EMAIL, SMS, WHATSAPP or TELEGRAM. */
  channelType: string;
  /** In its one spelling. */
  address: string;
  /** OPTED_OUT, OPTED_IN, OPT_IN_REQUESTED, COMPLAINED, HARD_BOUNCED, SUPPRESSED or LIFTED. */
  action: string;
  /** ALL or MARKETING. */
  purpose: string;
  /** The topic that it is about; null: all of the purpose. */
  topic: string | null;
  /** Where it was said: STOP, preference page, one-click, double opt-in, api. */
  source: string;
  /** User or key that wrote it down; null: the person said it. */
  actor: string | null;
  /** Message that it was said about, or with whose link. */
  messageId: string | null;
  /** Request for consent that it makes or answers. */
  requestId: string | null;
  /** Where the person's browser, or mailbox provider, was. */
  ip: string | null;
  userAgent: string | null;
  at: string;
}

export class ConsentEventPage {
  data: ConsentEventResponse[];
  page: PageInfo;
}
