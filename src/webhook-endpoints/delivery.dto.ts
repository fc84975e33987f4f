import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsIn, IsOptional } from 'class-validator';
import { IsRfc3339, IsUuid } from '../platform/http/fields';
import { PageQuery } from '../platform/http/page';
import { PageInfo } from '../platform/http/page-info.dto';
import { FILTER_WORDS, TEST_EVENT } from './event-filter';

const STATUSES = ['PENDING', 'DELIVERED', 'FAILED'] as const;

/** The ids in the path of a delivery. */
export class DeliveryParams {
  @IsUuid()
  id: string;

  @IsUuid()
  deliveryId: string;
}

export class DeliveryQuery extends PageQuery {
  /** Only deliveries in this status. */
  @IsOptional()
  @IsIn(STATUSES)
  status?: (typeof STATUSES)[number];

  /** Only deliveries of events of this type. */
  @IsOptional()
  @IsIn([...FILTER_WORDS, TEST_EVENT])
  type?: string;
}

export class ReplayDto {
  /** Events from then on are told again, and those that were missed. */
  @IsRfc3339()
  since: string;

  /** Only these types or families; left out: all that the endpoint is told of. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @ArrayMaxSize(50)
  @IsIn(FILTER_WORDS, { each: true })
  types?: string[] | null;
}

export class ReplayResponse {
  /** How many events were put into the queue. */
  queued: number;
  /** There are more: go on with this as `since`; null at the end. */
  next: string | null;
}

export class DeliveryResponse {
  id: string;
  endpointId: string;
  /** The id of the event, which is the `webhook-id` of every call: a receiver that knows it has had this event. */
  eventId: string;
  type: string;
  /** PENDING, DELIVERED or FAILED. */
  status: string;
  /** Why it is FAILED: exhausted, gone, endpoint_disabled or endpoint_deleted. */
  failure: string | null;
  /** How often it was tried. */
  attempts: number;
  /** What the endpoint answered last; null where no answer came. */
  statusCode: number | null;
  /** When it is tried next; null when it is over. */
  nextAttemptAt: string | null;
  /** When it happened. */
  at: string;
  createdAt: string;
  finishedAt: string | null;
}

export class DeliveryAttemptResponse {
  no: number;
  startedAt: string;
  /** Null while it is under way, or when the process that made it died. */
  durationMs: number | null;
  statusCode: number | null;
  /** Why there is no status code: not_allowed, timeout or unreachable. */
  fault: string | null;
  /** The first kilobyte of the answer. */
  body: string | null;
}

export class DeliveryWithAttempts extends DeliveryResponse {
  /** Ids and states of the event. What it is about is read anew for each call. */
  event: Record<string, unknown>;
  /** In the order in which they were made; the last hundred. */
  log: DeliveryAttemptResponse[];
}

export class DeliveryPage {
  data: DeliveryResponse[];
  page: PageInfo;
}
