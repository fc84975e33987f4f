import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  MaxLength,
} from 'class-validator';
import { IsPlainText } from '../platform/http/fields';
import { IfGiven } from '../platform/http/if-given';
import { PageInfo } from '../platform/http/page-info.dto';
import { FILTER_WORDS } from './event-filter';

const MOST_WORDS = 50;
const LONGEST_URL = 2048;
const BAD_WORD = {
  each: true,
  message: 'each value must be *, a family such as message.*, or a type such as message.sent',
};

export class CreateWebhookEndpointDto {
  /** Where events are posted to: https, on the public Internet. */
  @IsString()
  @MaxLength(LONGEST_URL)
  url: string;

  /** What it is for, in your words. */
  @IsOptional()
  @IsPlainText(200)
  description?: string | null;

  /** What it is told of: types such as message.delivered, families such as message.*, or * for everything. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(MOST_WORDS)
  @IsIn(FILTER_WORDS, BAD_WORD)
  eventTypes: string[];
}

export class UpdateWebhookEndpointDto {
  /** New address. From now on the endpoint is told what the caller of this request may read. */
  @IfGiven()
  @IsString()
  @MaxLength(LONGEST_URL)
  url?: string;

  /** What it is for; null takes it away. */
  @IsOptional()
  @IsPlainText(200)
  description?: string | null;

  /** Replaces the filter. From now on the endpoint is told what the caller of this request may read. */
  @IfGiven()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(MOST_WORDS)
  @IsIn(FILTER_WORDS, BAD_WORD)
  eventTypes?: string[];

  /** DISABLED: called no more, and what waits for it is given up. ACTIVE: called again; see replay. */
  @IfGiven()
  @IsIn(['ACTIVE', 'DISABLED'])
  status?: 'ACTIVE' | 'DISABLED';
}

export class WebhookEndpointResponse {
  id: string;
  url: string;
  description: string | null;
  eventTypes: string[];
  /** ACTIVE or DISABLED. */
  status: string;
  /** manual, gone (it answered 410) or failing (nothing but failures for five days); null while it is active. */
  disabledReason: string | null;
  disabledAt: string | null;
  /** The first failure since it last answered 2xx; null while all is well. */
  failingSince: string | null;
  /** Channel types whose messages and sessions it is told of; null: every one. */
  channelTypes: string[] | null;
  /** Channel types on which it is told names, addresses and contents of people; null: every one. */
  personalDataOn: string[] | null;
  /** Until then calls are signed with the secret of before as well; null when there is none. */
  previousSecretUntil: string | null;
  createdAt: string;
  updatedAt: string;
}

export class WebhookEndpointWithSecret extends WebhookEndpointResponse {
  /** What calls are signed with (Standard Webhooks). Shown this once. */
  secret: string;
}

export class WebhookEndpointPage {
  data: WebhookEndpointResponse[];
  page: PageInfo;
}
