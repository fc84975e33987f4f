import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';

export class EventStreamQuery {
  /** What to hear of: types such as message.sent or families such as message.*, with commas. Left out: message.*,session.* */
  @IsOptional()
  @IsString()
  @MaxLength(1000)
  types?: string;

  /** Goes on behind this event; the header Last-Event-ID says the same. */
  @IsOptional()
  @Matches(/^(0|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/, { message: 'must be the id of an event' })
  lastEventId?: string;
}

export class StreamedEventResponse {
  /** 1.0 */
  specversion: string;
  id: string;
  type: string;
  source: string;
  time: string;
  /** The id of what it is about. */
  subject?: string;
  /** application/json */
  datacontenttype: string;
  /** Ids and states; GET what they name for the rest. */
  data: Record<string, unknown>;
}

export class StreamedEvents {
  data: StreamedEventResponse[];
  /** Where to go on. */
  lastEventId: string;
}
