import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, Matches, ValidateNested } from 'class-validator';
import { CreateContactDto } from '../contacts/contact.dto';
import { IsRfc3339, IsPlainText, IsUuid } from '../platform/http/fields';
import { PageQuery } from '../platform/http/page';
import { PageInfo } from '../platform/http/page-info.dto';

export const EVENT_NAME = /^[A-Za-z][\w.:-]{0,99}$/;
const NAME_WORDS = 'must be a name such as order.paid, at most 100 characters';

export class CreateEventDto {
  /** What happened: letters, digits, `.`, `_`, `-` and `:`, at most 100, such as order.paid. Not message.*, session.*, contact.*. */
  @Matches(EVENT_NAME, { message: NAME_WORDS })
  name: string;

  /** Whom it is about; or contact; or neither, where it is about nobody. */
  @IsOptional()
  @IsUuid()
  contactId?: string | null;

  /**
   * Whom it is about, made or changed as `POST /contacts?upsert=true` does: found by externalId, or, without one, by the first
   * address that is given; a contact that is found by an address is not changed.
   */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => CreateContactDto)
  contact?: CreateContactDto | null;

  /** Your own facts: an object of at most 32 KB; rules and templates read it. */
  @IsOptional()
  @IsObject()
  payload?: Record<string, unknown> | null;

  /** Your own id for it, at most 200 characters: sent again, it is the same event and has no second effect. */
  @IsOptional()
  @IsPlainText(200)
  eventId?: string | null;

  /** When it happened, RFC 3339; now when left out. */
  @IsOptional()
  @IsRfc3339()
  at?: string | null;
}

export const EVENT_STATUSES = ['PENDING', 'HANDLED', 'FAILED'] as const;

export class EventQuery extends PageQuery {
  /** Only events in this status; FAILED are the dead letters. */
  @IsOptional()
  @IsIn(EVENT_STATUSES)
  status?: (typeof EVENT_STATUSES)[number];

  /** Only events of this name. */
  @IsOptional()
  @Matches(EVENT_NAME, { message: NAME_WORDS })
  name?: string;

  /** Only events about this contact. */
  @IsOptional()
  @IsUuid()
  contactId?: string;
}

export class EventResponse {
  id: string;
  /** What happened, such as order.paid or message.delivered. */
  name: string;
  /** Who told it: api, sns, sqs, kafka, rule or carillon. */
  source: string;
  /** The teller's own id for it. */
  eventId: string | null;
  contactId: string | null;
  /** PENDING: not handed to rules and receivers yet. HANDLED. FAILED: could not be handed out in four tries; see failure. */
  status: string;
  /** How often it was tried in vain. */
  tries: number;
  /** Why the last try failed. */
  failure: string | null;
  at: string;
  handledAt: string | null;
}

/** With what it says. */
export class EventDetailResponse extends EventResponse {
  /** What the teller said; ids and states where Carillon is the teller. */
  payload: Record<string, unknown>;
}

export class EventPage {
  data: EventResponse[];
  page: PageInfo;
}
