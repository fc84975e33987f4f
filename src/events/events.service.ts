import { Injectable } from '@nestjs/common';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import { EventContacts } from './event-contact';
import type { CreateEventDto, EventDetailResponse, EventQuery, EventResponse } from './event.dto';
import { findEvent, listEvents, retryEvent, type EventRow } from './event.queries';
import { isTenantsOwn } from './event-types';
import { FanOut } from './fan-out';
import { tellEvents } from './tell';

const LARGEST_PAYLOAD_BYTES = 32_768;

/** Events of a tenant, as it tells them and looks at them. */
@Injectable()
export class EventsService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly contacts: EventContacts,
    private readonly fanOut: FanOut,
  ) {}

  /** Stored when this returns; acted on within a second. Throws Problem 404 and 422, and 409 as contacts do. */
  async tell(caller: Caller, input: CreateEventDto): Promise<EventResponse> {
    const { name, payload, eventId, at } = input;
    check(input);
    const stored = await this.db.run(caller.tenantId, async (tx) => {
      const contactId = await this.contacts.of(tx, caller, input);
      const event = {
        type: name,
        eventId: eventId?.normalize() ?? null,
        contactId,
        data: payload ?? {},
        at: at == null ? null : new Date(at),
      };
      const [told] = await tellEvents(tx, [{ ...event, source: 'api' }]);
      return findEvent(tx, told?.id ?? '');
    });
    this.fanOut.wake.now();
    return eventView(stored);
  }

  /** Newest first. */
  list(caller: Caller, query: EventQuery): Promise<Page<EventResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /events', query };
    const { status = null, name: type = null, contactId = null, limit } = query;
    const filter = { status, type, contactId, limit, after: this.cursors.after(list) };
    return this.db.run(caller.tenantId, async (tx) =>
      this.cursors.page(list, (await listEvents(tx, filter)).map(eventView)),
    );
  }

  /** Throws Problem 404. */
  get(caller: Caller, id: string): Promise<EventDetailResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      const event = await findEvent(tx, id);
      return { ...eventView(event), payload: event?.data ?? {} };
    });
  }

  /** Hands a failed event out again. Throws Problem 404, and 409 for one that did not fail. */
  async retry(caller: Caller, id: string): Promise<EventResponse> {
    const event = await this.db.run(caller.tenantId, async (tx) => {
      if (await retryEvent(tx, id)) return findEvent(tx, id);
      eventView(await findEvent(tx, id));
      throw Problem.conflict('conflict', 'Only an event that FAILED can be tried again.');
    });
    this.fanOut.wake.now();
    return eventView(event);
  }
}

function check({ name, contactId, contact, payload }: CreateEventDto): void {
  if (!isTenantsOwn(name)) throw Problem.invalidField('/name', 'must not begin as the events of Carillon itself do');
  if (contactId != null && contact != null)
    throw Problem.invalidField('/contact', 'must not be given together with contactId');
  if (payload != null && Buffer.byteLength(JSON.stringify(payload)) > LARGEST_PAYLOAD_BYTES)
    throw Problem.invalidField('/payload', `must have at most ${LARGEST_PAYLOAD_BYTES} bytes as JSON`);
}

function eventView(event: EventRow | undefined): EventResponse {
  if (!event) throw Problem.notFound('event');
  const { id, type, source, eventId, contactId, status, tries, failure, at, handledAt } = event;
  const times = { at: at.toISOString(), handledAt: handledAt?.toISOString() ?? null };
  return { id, name: type, source, eventId, contactId, status, tries, failure, ...times };
}
