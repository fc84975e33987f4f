import { IsOptional } from 'class-validator';
import { IsUuid } from '../platform/http/fields';
import { PageQuery } from '../platform/http/page';
import { PageInfo } from '../platform/http/page-info.dto';

export class SandboxQuery extends PageQuery {
  /** Only what was sent for this message. */
  @IsOptional()
  @IsUuid()
  messageId?: string;
}

export class SandboxMessageResponse {
  id: string;
  channelId: string;
  messageId: string;
  /** What the provider would echo: message id and attempt. */
  ref: string;
  providerMessageId: string;
  from: string;
  to: string;
  messageType: string;
  content: Record<string, unknown>;
  createdAt: string;
}

export class SandboxPage {
  data: SandboxMessageResponse[];
  page: PageInfo;
}
