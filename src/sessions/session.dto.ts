import { ArrayMaxSize, ArrayUnique, IsArray, IsIn, IsOptional, ValidateBy, ValidateIf } from 'class-validator';
import {
  AreExternalReferences,
  ExternalReferenceDto,
  ExternalReferenceResponse,
  IsReferenceFilter,
} from '../contacts/external-references';
import { IfGiven } from '../platform/http/if-given';
import { IsPlainText, IsUuid, isUuid } from '../platform/http/fields';
import { PageQuery } from '../platform/http/page';
import { PageInfo } from '../platform/http/page-info.dto';
import { QueryBool } from '../platform/http/query-fields';

export const SESSION_STATUSES = ['INITIATED', 'ACTIVE', 'PENDING', 'COMPLETED', 'FAILED'] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

const LONGEST_LABEL = 40;

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

  /** Only conversations of this user; `me`: of the user who asks, `none`: of nobody. */
  @IsOptional()
  @ValidateBy({
    name: 'assignee',
    validator: {
      validate: (value) => value === 'me' || value === 'none' || isUuid(value),
      defaultMessage: () => 'must be the id of a user, me or none',
    },
  })
  assignedTo?: string;

  /** Only conversations with this label, however it is spelled in capitals and spaces. */
  @IsOptional()
  @IsPlainText(LONGEST_LABEL)
  label?: string;

  /** Only conversations with this reference to another system, as `calls:4711`. */
  @IsOptional()
  @IsReferenceFilter()
  reference?: string;

  /** true: only conversations whose time to answer has gone by; false: only others. */
  @IsOptional()
  @QueryBool()
  overdue?: boolean;

  /** true: only conversations in which the other side waits for an answer; false: only others. */
  @IsOptional()
  @QueryBool()
  waiting?: boolean;
}

export class UpdateSessionDto {
  /** User who answers: an active one who may read messages on this channel type. null takes it away. */
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

  /** Replaces all labels, at most 20. They are kept in lower case, with single spaces. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsPlainText(LONGEST_LABEL, { each: true })
  labels?: string[];

  /** What other systems call it, such as a case or a call: at most 10. Replaces all of them. */
  @IfGiven()
  @AreExternalReferences()
  externalReferences?: ExternalReferenceDto[];
}

export class SessionSentiment {
  /** Of what came in last: POSITIVE, NEUTRAL or NEGATIVE. */
  label: string;
  /** From -1 to 1. */
  score: number;
  /** Against what came in before: RISING, STEADY or FALLING; null while there is nothing before. */
  trend: string | null;
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
  /** What other systems call it. */
  externalReferences: ExternalReferenceResponse[];
  /** When the other side first wrote. */
  firstInboundAt: string | null;
  /** When that was first answered. */
  firstRepliedAt: string | null;
  /** Seconds from the one to the other. */
  firstResponseSeconds: number | null;
  /** When the other side last wrote. */
  lastInboundAt: string | null;
  /** Since when the other side waits for an answer; null: nobody waits. */
  waitingSince: string | null;
  /** Until when it is to be answered, by `/session-settings` at the moment that the other side wrote. */
  dueAt: string | null;
  /** Whether that time has gone by. */
  overdue: boolean;
  /** The last time to answer that went by, also where the answer came meanwhile. */
  overdueAt: string | null;
  /** Mood of what came in; null where it is not asked for. */
  sentiment: SessionSentiment | null;
  createdAt: string;
  updatedAt: string;
  closedAt: string | null;
  /** Seconds from its beginning to its end. */
  closeSeconds: number | null;
}

export class SessionPage {
  data: SessionResponse[];
  page: PageInfo;
}

export class SessionLabelResponse {
  /** The label, in lower case. */
  name: string;
  /** Conversations that have it. */
  sessions: number;
  /** Those of them that are open. */
  open: number;
}

export class SessionLabelList {
  data: SessionLabelResponse[];
  page: PageInfo;
}
