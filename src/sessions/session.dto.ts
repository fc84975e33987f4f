import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional, ValidateIf } from 'class-validator';
import { IfGiven } from '../platform/http/if-given';
import { IsPlainText, IsUuid } from '../platform/http/fields';
import { PageQuery } from '../platform/http/page';
import { PageInfo } from '../platform/http/page-info.dto';

export const SESSION_STATUSES = ['INITIATED', 'ACTIVE', 'PENDING', 'COMPLETED', 'FAILED'] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

export class SessionQuery extends PageQuery {
  /** Only conversations in this status. */
  @IsOptional()
  @IsIn(SESSION_STATUSES)
  status?: SessionStatus;

  /** Only conversations on this channel. */
  @IsOptional()
  @IsUuid()
  channelId?: string;

  /** Only conversations with this contact. */
  @IsOptional()
  @IsUuid()
  contactId?: string;

  /** Only conversations of this user. */
  @IsOptional()
  @IsUuid()
  assignedTo?: string;
}

export class UpdateSessionDto {
  /** User who answers; null takes it away. */
  @IsOptional()
  @ValidateIf((_, value) => value !== null)
  @IsUuid()
  assignedTo?: string | null;

  /** ACTIVE, PENDING or COMPLETED. A completed conversation opens again only while no newer one is open. */
  @IfGiven()
  @IsIn(['ACTIVE', 'PENDING', 'COMPLETED'])
  status?: 'ACTIVE' | 'PENDING' | 'COMPLETED';

  /** What it is about; null takes it away. */
  @IsOptional()
  @ValidateIf((_, value) => value !== null)
  @IsPlainText(200)
  subject?: string | null;

  /** Replaces all labels. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsPlainText(40, { each: true })
  labels?: string[];
}

export class SessionResponse {
  id: string;
  channelId: string;
  channelType: string;
  contactId: string;
  /** Address of the other side. */
  counterpart: string;
  /** Who began: INBOUND, OUTBOUND or INTERNAL. */
  direction: string;
  status: string;
  subject: string | null;
  assignedTo: string | null;
  labels: string[];
  /** When the other side last wrote. */
  lastInboundAt: string | null;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
}

export class SessionPage {
  data: SessionResponse[];
  page: PageInfo;
}
