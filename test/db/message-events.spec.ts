import fc from 'fast-check';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { EventsTogether, type JoinableEvent } from '../../src/messages/events/events-together';
import { MessageEvents } from '../../src/messages/events/message-events';
import { afterEvent, type MessageStatus, type Standing } from '../../src/messages/message-status';
import { openPool } from '../../src/platform/db/data-source';
import { rolePassword, roleUrl } from '../../src/platform/db/roles';
import { TenantDb } from '../../src/platform/db/tenant-db';
import { uuidv7 } from '../../src/platform/db/uuid';
import { parseKeyRing } from '../../src/platform/secrets/key-ring';
import type { EventStatus, StatusEvent } from '../../src/providers/provider';
import { cloneDatabase, TEST_MASTER_KEY } from '../support/test-database';
import { insert, insertOneRowEach, rowOf, type TenantIds } from './one-row-each';

const CASES = 200;
const START = Date.parse('2026-03-01T12:00:00Z');

interface Reported {
  key: string;
  status: EventStatus;
  at: Date;
}

/** Few distinct times, so that ties happen; some before the message was handed over, as clocks of others go. */
const reported: fc.Arbitrary<Reported[]> = fc
  .array(
    fc.record({
      status: fc.constantFrom<EventStatus>('SENT', 'DELIVERED', 'READ', 'FAILED'),
      at: fc.integer({ min: -2, max: 5 }).map((seconds) => new Date(START + seconds * 1000)),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((events) => events.map((event, index) => ({ ...event, key: `event ${index}` })));

/** The same events in two orders, with copies. */
const story = reported.chain((events) =>
  fc.record({
    events: fc.constant(events),
    start: fc.constantFrom<MessageStatus>('QUEUED', 'SENDING', 'UNKNOWN', 'SENT', 'CANCELLED'),
    orders: fc.tuple(orderOf(events), orderOf(events)),
  }),
);

function orderOf(events: Reported[]): fc.Arbitrary<Reported[]> {
  return fc
    .tuple(
      fc.shuffledSubarray(events, { minLength: events.length }),
      fc.array(fc.constantFrom(...events), { maxLength: 3 }),
    )
    .chain(([all, copies]) => fc.shuffledSubarray([...all, ...copies], { minLength: all.length + copies.length }));
}

function eventOf(message: string, { key, status, at }: Reported): StatusEvent {
  const fault = { class: 'unreachable', code: '1', message: 'gone' } as const;
  const event = { eventKey: `${message} ${key}`, status, at, ref: `${message}.1` };
  return { kind: 'status', ...event, ...(status === 'FAILED' && { fault }) };
}

describe('events of a provider', () => {
  let database: Awaited<ReturnType<typeof cloneDatabase>>;
  let owner: Client;
  let pool: DataSource;
  let db: TenantDb;
  let ids: TenantIds;
  const messageEvents = new MessageEvents();

  beforeAll(async () => {
    database = await cloneDatabase();
    owner = new Client({ connectionString: database.url });
    owner.on('error', () => undefined);
    await owner.connect();
    ids = await insertOneRowEach(owner);
    const [key] = parseKeyRing(TEST_MASTER_KEY).keys.values();
    const url = roleUrl(database.url, 'app', rolePassword(key!, 'app'));
    const options = { poolSize: 4, statementTimeoutMs: 10_000, applicationName: 'events' };
    pool = await openPool({ ...options, url }).initialize();
    db = new TenantDb(pool);
  });
  afterAll(async () => {
    await pool.destroy();
    await owner.end();
    await database.drop();
  });

  async function newMessage(status: MessageStatus): Promise<string> {
    const message = uuidv7();
    const row = {
      ...rowOf('communication_message', { ...ids, message }),
      status,
      status_at: new Date(START),
      created_at: new Date(START - 1000),
    };
    await insert(owner, 'communication_message', row);
    return message;
  }

  /** One transaction for the whole story: what is in question is the order, not what meets at the same moment. */
  const tell = (message: string, events: readonly Reported[]) =>
    db.run(ids.tenant, async (tx) => {
      for (const event of events) await messageEvents.status(tx, ids.channel, eventOf(message, event));
    });

  async function standing(message: string) {
    const { rows } = await owner.query(
      `SELECT status, status_at AS at, reason_code, sent_at, delivered_at, read_at, failed_at
       FROM communication_message WHERE id = $1`,
      [message],
    );
    return rows[0] as Standing & Record<string, unknown>;
  }

  it(`give the same message in every order and number of copies, the one that message-status.ts says (${CASES} cases)`, async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ events, start, orders }) => {
        const expected = events.reduce<Standing>(afterEvent, { status: start, at: new Date(START) });
        const rows = await Promise.all(
          orders.map(async (order) => {
            const message = await newMessage(start);
            await tell(message, order);
            return standing(message);
          }),
        );
        expect(rows[0]).toMatchObject({ status: expected.status, at: expected.at });
        expect(rows[1]).toEqual(rows[0]);
      }),
      { numRuns: CASES },
    );
    const { rows } = await owner.query('SELECT count(*)::int AS count FROM message_event WHERE message_id IS NULL');
    expect(rows).toEqual([{ count: 0 }]);
  });

  /** Everything that an event may say, of two messages. */
  const anything = fc.array(
    fc.record({
      message: fc.integer({ min: 0, max: 1 }),
      key: fc.integer({ min: 0, max: 8 }),
      about: fc.constantFrom('SENT', 'DELIVERED', 'READ', 'FAILED', 'OPENED', 'CLICKED', 'DEFERRED'),
      at: fc.integer({ min: -2, max: 5 }).map((seconds) => new Date(START + seconds * 1000)),
      cost: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      providerMessageId: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
      machine: fc.boolean(),
    }),
    { minLength: 2, maxLength: 8 },
  );

  it('do the same together as one by one', async () => {
    const together = new EventsTogether();
    const starts = ['QUEUED', 'SENDING', 'UNKNOWN', 'SENT', 'CANCELLED'] as const;
    await fc.assert(
      fc.asyncProperty(anything, fc.constantFrom(...starts), async (said, start) => {
        const [alone, joined] = [await twoMessages(start), await twoMessages(start)];
        const eventsOf = (messages: readonly string[]) => said.map((each) => anyEvent(messages, each));
        await db.run(ids.tenant, async (tx) => {
          for (const event of eventsOf(alone))
            if (event.kind === 'status') await messageEvents.status(tx, ids.channel, event);
            else await messageEvents.engagement(tx, ids.channel, event);
        });
        const [first, ...rest] = eventsOf(joined);
        await db.run(ids.tenant, async (tx) => {
          await together.apply(tx, ids.channel, first ? [first] : []);
          await together.apply(tx, ids.channel, rest);
          await together.apply(tx, ids.channel, rest); // they come twice
        });
        for (const index of [0, 1]) expect(await whole(joined[index])).toEqual(await whole(alone[index]));
      }),
      { numRuns: 60 },
    );
  });

  const twoMessages = async (status: MessageStatus): Promise<string[]> => [
    await newMessage(status),
    await newMessage(status),
  ];

  type Said = typeof anything extends fc.Arbitrary<(infer Each)[]> ? Each : never;

  function anyEvent(
    messages: readonly string[],
    { message, key, about, at, cost, machine, ...said }: Said,
  ): JoinableEvent {
    const named = messages[message] ?? '';
    // Ids of the provider are of one message.
    const providerMessageId = said.providerMessageId && `${named} ${said.providerMessageId}`;
    const base = {
      eventKey: `${messages[0]} ${key}`,
      ref: `${named}.1`,
      at,
      ...(providerMessageId && { providerMessageId }),
    };
    if (about === 'OPENED' || about === 'CLICKED' || about === 'DEFERRED')
      return { kind: 'engagement', action: about, ...base, ...(machine && { machine }) };
    const fault = { class: 'unreachable', code: String(key), message: `gone ${key}` } as const;
    return {
      kind: 'status',
      status: about as EventStatus,
      ...base,
      ...(about === 'FAILED' && { fault }),
      ...(cost !== undefined && { cost: { amount: `0.0${cost}`, currency: 'USD' }, parts: cost }),
    };
  }

  async function whole(message: string | undefined): Promise<object> {
    const { rows } = await owner.query(
      `SELECT status, status_at, reason_code, reason_detail, attempts, resolve_at, sent_at, delivered_at, read_at, failed_at,
         opened_at, clicked_at, right(provider_message_id, 1) AS provider_id, cost_amount, cost_currency, cost_estimated, parts,
         (SELECT jsonb_agg(jsonb_build_array(right(event_key, 1), type, at, detail) ORDER BY event_key)
          FROM message_event e WHERE e.message_id = m.id) AS events
       FROM communication_message m WHERE id = $1`,
      [message],
    );
    return rows[0];
  }

  it('move no message of another channel, be it of the same tenant or not, whoever signed them', async () => {
    const other = await insertOneRowEach(owner);
    const ours = { ...ids, channel: uuidv7() };
    await insert(owner, 'communication_channel', rowOf('communication_channel', ours));
    await owner.query(`UPDATE communication_message SET provider_message_id = 'known' WHERE id = $1`, [ids.message]);
    const reports = [
      { channel: ids.channel, ref: `${other.message}.1` },
      { channel: ours.channel, ref: `${ids.message}.1` },
      { channel: ours.channel, providerMessageId: 'known' },
    ];
    const before = [await standing(other.message), await standing(ids.message)];
    for (const { channel, ...about } of reports) {
      const event: StatusEvent = { kind: 'status', eventKey: uuidv7(), status: 'READ', at: new Date(), ...about };
      const placed = await db.run(ids.tenant, (tx) => messageEvents.status(tx, channel, event));
      expect(placed).toEqual({ outcome: 'PARKED' });
      const again = { ...event, eventKey: uuidv7() };
      expect(await db.run(ids.tenant, (tx) => new EventsTogether().apply(tx, channel, [again]))).toEqual(new Map());
    }
    expect([await standing(other.message), await standing(ids.message)]).toEqual(before);
  });
});
