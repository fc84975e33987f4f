import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsUuid } from '../platform/http/fields';
import { PageQuery } from '../platform/http/page';
import { PageInfo } from '../platform/http/page-info.dto';

export const WEBHOOK_STATUSES = ['PENDING', 'PROCESSED', 'IGNORED', 'FAILED'] as const;

export class WebhookLogQuery extends PageQuery {
  /** Only calls in this status. */
  @IsOptional()
  @IsIn(WEBHOOK_STATUSES)
  status?: (typeof WEBHOOK_STATUSES)[number];

  /** Only calls for this channel. */
  @IsOptional()
  @IsUuid()
  channelId?: string;

  /** Only calls of this provider. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  providerType?: string;
}

export class WebhookLogResponse {
  id: string;
  channelId: string;
  providerType: string;
  method: string;
  /** PENDING, PROCESSED, IGNORED (nothing in it for us) or FAILED. */
  status: string;
  attempts: number;
  /** How many events were in it; null until it is processed. */
  eventCount: number | null;
  error: string | null;
  sizeBytes: number;
  receivedAt: string;
  processedAt: string | null;
  /** When its body and headers were taken out of it: they are kept for a limited time. */
  emptiedAt: string | null;
}

export class WebhookLogPage {
  data: WebhookLogResponse[];
  page: PageInfo;
}
