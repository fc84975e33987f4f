import fc from 'fast-check';
import { uuidv7 } from '../../src/platform/db/uuid';
import type { TestApp } from '../support/app';
import type { Message, Person, World } from './segment-oracle';

export const TYPES = ['EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM'];
export const TOPICS = ['news', 'offers', 'unheard_of'];
export const KEYS = ['plan', 'score', 'born', `o'dd"; DROP TABLE contact;--`, 'constructor', '$1', 'a.b'];
export const VALUES: readonly (string | number | boolean)[] = [
  ...['gold', 'Gold', 'golden', 'silver', '', 'ä', '😀', '\uffff', '5', 'true', `' OR 1=1--`, '%', 'null'],
  ...[
    '2026-01-01',
    '2020-02-29',
    '2021-02-29',
    '1999-12-31T23:59:59Z',
    '2026-01-01T00:00:00+02:00',
    '2026-01-01T25:00:00Z',
  ],
  ...[5, 5.5, -1, 0, 1e21, 1e-7, 9007199254740991],
  ...[true, false],
];
export const STATUSES = ['SENT', 'DELIVERED', 'READ', 'FAILED', 'SUPPRESSED', 'CANCELLED'];
export const UUIDS = [uuidv7(), uuidv7()];
const DAY = 86_400_000;

const some = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2 });
const ofTypes = <T>(arbitrary: fc.Arbitrary<T>) => fc.dictionary(some(...TYPES), arbitrary, { maxKeys: 3 });

/** Half a day off every whole one, so that no answer depends on the moment of asking. */
const daysBack = fc.integer({ min: 0, max: 60 }).map((days) => days + 0.5);

const preference = fc.record({
  doNotContact: fc.boolean(),
  channels: ofTypes(fc.record({ allowed: fc.boolean() })),
  purposes: fc.dictionary(some('MARKETING', 'TRANSACTIONAL'), ofTypes(fc.boolean())),
  topics: fc.dictionary(some(...TOPICS), ofTypes(fc.boolean())),
});

const message = fc.record({
  direction: some('OUTBOUND', 'OUTBOUND', 'INBOUND'),
  status: some(...STATUSES),
  channelType: some('EMAIL', 'EMAIL', 'SMS'),
  templateId: maybe(some(...UUIDS)),
  campaignId: maybe(some(...UUIDS)),
  age: daysBack,
  sent: maybe(some(60_000, 20 * DAY)),
  happened: fc.subarray(['deliveredAt', 'readAt', 'openedAt', 'clickedAt'] as const),
});

const person = fc.record({
  hasExternalId: fc.boolean(),
  name: maybe(some('Ada', 'ada', 'Ünal', 'Bob', '😀 Ada', '%')),
  language: maybe(some('de', 'de-AT', 'en')),
  timezone: maybe(some('Europe/Berlin', 'UTC')),
  age: daysBack,
  attributes: fc.dictionary(some(...KEYS), fc.oneof(some(...VALUES), fc.constant(null)), { maxKeys: 5 }),
  identities: fc.array(some(...TYPES), { maxLength: 5 }),
  preference: maybe(preference),
  messages: fc.array(message, { maxLength: 5 }),
});

/** Contacts by the hundred, with all that can be asked of them, and what stands beside them. */
export function makeWorld(count: number, seed: number): { people: Person[]; world: World } {
  const now = Date.now();
  const people = fc.sample(person, { numRuns: count, seed }).map((drawn, index): Person => {
    const id = uuidv7();
    return {
      ...drawn,
      id,
      externalId: drawn.hasExternalId ? `ext-${index % 7}-${index}` : null,
      createdAt: now - drawn.age * DAY,
      identities: drawn.identities.map((channelType, n) => ({ channelType, address: `${channelType}-${index}-${n}` })),
      messages: drawn.messages.toSorted((a, b) => b.age - a.age).map((each) => messageOf(each, now, id)),
    };
  });
  const held = people.flatMap(({ identities }) => identities);
  const about = fc.record({
    held: some(...held),
    purpose: some('ALL', 'MARKETING'),
    action: some('OPTED_IN', 'OPTED_IN', 'OPTED_OUT', 'COMPLAINED', 'LIFTED', 'SUPPRESSED'),
    topic: maybe(some(...TOPICS)),
  });
  const facts = fc.sample(about, { numRuns: count, seed });
  const world = {
    now,
    topicDefaults: { news: { EMAIL: false, SMS: true }, offers: {} },
    suppressions: facts.slice(0, count / 3).map(({ held: of, purpose }) => ({ ...of, purpose })),
    consent: facts.map(({ held: of, action, topic }) => ({ ...of, action, topic })),
  };
  return { people, world };
}

type Drawn = typeof message extends fc.Arbitrary<infer T> ? T : never;

function messageOf({ age, sent, happened, ...rest }: Drawn, now: number, personId: string): Message {
  const createdAt = now - age * DAY;
  const at = (what: (typeof happened)[number]) => (happened.includes(what) ? createdAt + 1000 : null);
  return {
    ...rest,
    session: `${personId} ${rest.channelType}`,
    createdAt,
    sentAt: sent && createdAt + sent,
    deliveredAt: at('deliveredAt'),
    readAt: at('readAt'),
    openedAt: at('openedAt'),
    clickedAt: at('clickedAt'),
  };
}

/** Stores it behind the scenes: what is under test is how it is asked, not how it came there. */
export async function storeWorld(app: TestApp, tenantId: string, { people, world }: ReturnType<typeof makeWorld>) {
  const insert = (table: string, rows: object[]) => {
    const columns = Object.keys(rows[0] ?? {});
    return app.sql(
      `INSERT INTO ${table} (tenant_id, ${columns.join()})
       SELECT $1, ${columns.map((column) => `r.${column}`).join()} FROM jsonb_populate_recordset(NULL::${table}, $2) r`,
      [tenantId, JSON.stringify(rows)],
    );
  };
  const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  const [channel] = await app.sql<{ id: string }>(`SELECT id FROM communication_channel WHERE tenant_id = $1`, [
    tenantId,
  ]);
  const channelId = channel?.id;
  for (const id of UUIDS)
    await app.sql(
      `INSERT INTO bulk_message_campaign (tenant_id, id, name, channel_id, purpose, status)
       VALUES ($1, $2, 'Past', $3, 'MARKETING', 'DRAFT')`,
      [tenantId, id, channelId],
    );
  await insert(
    'contact',
    people.map(({ id, externalId, name, language, timezone, attributes, createdAt }) => ({
      ...{ id, external_id: externalId, name, language, timezone, attributes },
      ...{ created_at: iso(createdAt), updated_at: iso(createdAt) },
    })),
  );
  await insert(
    'contact_identity',
    people.flatMap(({ id, identities, createdAt }) =>
      identities.map(({ channelType, address }, n) => ({
        ...{ channel_type: channelType, address, contact_id: id },
        created_at: iso(createdAt + n),
      })),
    ),
  );
  await insert(
    'contact_communication_preference',
    people.flatMap(({ id, preference: wishes }) =>
      wishes
        ? [
            {
              ...{ id: uuidv7(), contact_id: id, do_not_contact: wishes.doNotContact, channels: wishes.channels },
              ...{ topics: wishes.topics, purposes: wishes.purposes, created_at: iso(0), updated_at: iso(0) },
            },
          ]
        : [],
    ),
  );
  await insert(
    'topic',
    Object.entries(world.topicDefaults).map(([name, defaults]) => ({
      ...{ name, title: name, is_critical: false, defaults, created_at: iso(0), updated_at: iso(0) },
    })),
  );
  await storeLedger(app, tenantId, world);
  const sessions = new Map(people.flatMap((each) => each.messages.map(({ session }) => [session, uuidv7()])));
  await insert(
    'communication_session',
    [...sessions].map(([session, id]) => ({
      ...{ id, channel_id: channelId, channel_type: session.split(' ')[1], contact_id: session.split(' ')[0] },
      ...{ counterpart: session, direction: 'OUTBOUND', status: 'COMPLETED', labels: [] },
      ...{ created_at: iso(0), updated_at: iso(0) },
    })),
  );
  await insert(
    'communication_message',
    people.flatMap(({ id, messages }) =>
      messages.map((each) => ({
        ...{ id: uuidv7(), session_id: sessions.get(each.session), contact_id: id, channel_id: channelId },
        ...{ channel_type: each.channelType, provider_type: 'sandbox', direction: each.direction, lane: 'bulk' },
        ...{ purpose: 'MARKETING', from_address: 'a', to_address: 'b', message_type: 'TEXT', content: {} },
        ...{ delivery: 'at_least_once', status: each.status, template_id: each.templateId },
        ...{ campaign_id: each.campaignId, created_at: iso(each.createdAt), sent_at: iso(each.sentAt) },
        ...{ delivered_at: iso(each.deliveredAt), read_at: iso(each.readAt), opened_at: iso(each.openedAt) },
        ...{ clicked_at: iso(each.clickedAt) },
      })),
    ),
  );
  await app.sql('ANALYZE');
}

/** Every third suppression stands under the hash that remains of an address; others are over, and count for nothing. */
async function storeLedger(app: TestApp, tenantId: string, { suppressions, consent }: World): Promise<void> {
  for (const [n, { channelType, address, purpose }] of suppressions.entries())
    await app.sql(
      `INSERT INTO suppression (tenant_id, id, channel_type, address, purpose, reason, source)
       SELECT $1, $2, $3, CASE WHEN $6 THEN hidden_address(address_salt, $3, $4) ELSE $4 END, $5, 'MANUAL', 'api'
       FROM tenant WHERE id = $1 ON CONFLICT DO NOTHING`,
      [tenantId, uuidv7(), channelType, address, purpose, n % 3 === 0],
    );
  await app.sql(
    `INSERT INTO suppression (tenant_id, id, channel_type, address, purpose, reason, source, expires_at, lifted_at)
     SELECT $1, gen_random_uuid(), channel_type, address, 'ALL', 'HARD_BOUNCED', 'api', now() - interval '1 s', NULL
       FROM contact_identity WHERE tenant_id = $1
     UNION ALL SELECT $1, gen_random_uuid(), channel_type, address, 'ALL', 'COMPLAINED', 'api', NULL, now()
       FROM contact_identity WHERE tenant_id = $1`,
    [tenantId],
  );
  for (const { channelType, address, action, topic } of consent)
    await app.sql(
      `INSERT INTO consent_event (tenant_id, id, channel_type, address, action, purpose, source, topic)
       VALUES ($1, $2, $3, $4, $5, 'ALL', 'api', $6)`,
      [tenantId, uuidv7(), channelType, address, action, topic],
    );
}
