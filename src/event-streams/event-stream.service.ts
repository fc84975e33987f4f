import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { maskPersonalData } from '../permissions/personal-data/mask';
import { SEES_PEOPLE } from '../permissions/personal-data/raw';
import { TenantDb } from '../platform/db/tenant-db';
import { channelTypesOf, type Caller } from '../platform/http/caller';
import { isUuid } from '../platform/http/fields';
import { Problem } from '../platform/http/problem';
import { FILTER_WORDS, permissionsFor, typesOf } from '../webhook-endpoints/event-filter';
import type { StreamedEvents } from './event-stream.dto';
import { EventStreams } from './event-streams';
import { heard, mayHear, Reader, type Hearing } from './reader';
import { wantForAnHour } from './stream-interest';
import { BEGINNING, endOfStream, eventsAfter, lastEvents, placeOf } from './stream.queries';

const PAGE = 100;
const DEFAULT_TYPES = 'message.*,session.*';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no', // proxies that collect answers would hold back what is live
};

export interface Wanted {
  types: string | undefined;
  /** The event behind which to go on. */
  after: string | undefined;
}

@Injectable()
export class EventStreamService {
  constructor(
    private readonly db: TenantDb,
    private readonly streams: EventStreams,
  ) {}

  /** The next events. Throws Problem 403, 422 also for an event that is not kept any more. */
  async page(caller: Caller, { types, after }: Wanted): Promise<StreamedEvents> {
    const hearing = hearingOf(caller, types);
    return this.db.run(caller.tenantId, async (tx) => {
      await wantForAnHour(tx, [...hearing.types]);
      const place = after === undefined ? undefined : await placeOf(tx, readId(after));
      if (after !== undefined && !place)
        throw Problem.invalidField('/query/lastEventId', 'is not the id of an event that is kept');
      const events = place ? await eventsAfter(tx, place.seq, PAGE) : await lastEvents(tx, PAGE);
      const data = events.filter((event) => mayHear(hearing, event)).map((event) => heard(hearing, event));
      return { data, lastEventId: (events.at(-1) ?? place ?? BEGINNING).id };
    });
  }

  /** Turns the answer into a stream. Throws Problem 403, 422, 429, 503 before it has begun. */
  async open(caller: Caller, { types, after }: Wanted, reply: FastifyReply): Promise<void> {
    const hearing = hearingOf(caller, types);
    this.streams.assertRoom(caller.tenantId);
    // Committed first: what happens after the reader was greeted is told.
    await this.db.run(caller.tenantId, (tx) => wantForAnHour(tx, [...hearing.types]));
    const known = await this.db.run(caller.tenantId, async (tx) => {
      const place = after === undefined ? undefined : await placeOf(tx, readId(after));
      return { place: place ?? (await endOfStream(tx)), isComplete: after === undefined || place !== undefined };
    });
    this.streams.assertRoom(caller.tenantId);
    reply.hijack();
    const out = reply.raw;
    const given = Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined);
    out.writeHead(200, { ...Object.fromEntries(given), ...HEADERS } as Record<string, string>);
    const reader = new Reader(hearing, out, known.place, () => this.streams.wake.now());
    out.once('close', this.streams.add(reader));
    out.on('error', () => out.destroy());
    reader.greet(known.isComplete);
  }
}

function hearingOf(caller: Caller, types = DEFAULT_TYPES): Hearing {
  const words = types.split(',').map((word) => word.trim());
  if (!words.every((word) => FILTER_WORDS.includes(word)))
    throw Problem.invalidField(
      '/query/types',
      'must be types such as message.sent or message.*, with commas between them',
    );
  const missing = permissionsFor(words).find((permission) => channelTypesOf(caller, permission)?.length === 0);
  if (missing !== undefined)
    throw Problem.forbidden(`To hear of these events takes the permission ${missing}, which this caller lacks.`);
  const seen = channelTypesOf(caller, SEES_PEOPLE);
  const sight = { sees: (type?: string) => seen === null || (type !== undefined && seen.includes(type)), open: [] };
  return {
    tenantId: caller.tenantId,
    types: new Set(typesOf(words)),
    channelTypes: caller.channelTypes,
    shown: (data) => maskPersonalData(data, sight),
  };
}

/** Throws Problem 400: a header has no place in the description of a body. */
function readId(id: string): string {
  if (id !== BEGINNING.id && !isUuid(id)) throw Problem.invalidHeader('Last-Event-ID', 'is not the id of an event');
  return id;
}
