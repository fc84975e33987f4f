import fc from 'fast-check';
import { holdInMemory } from '../../src/campaigns/segments/segment.queries';
import { segmentCondition, segmentFaults, type Segment } from '../../src/campaigns/segments/segment-tree';
import { TenantDb, type Tx } from '../../src/platform/db/tenant-db';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { isAbout, type Person, type World } from './segment-oracle';
import { KEYS, makeWorld, STATUSES, storeWorld, TOPICS, TYPES, UUIDS, VALUES } from './segment-world';

const PEOPLE = 300;
const SEED = 20261121;

let app: TestApp;
let tenant: TestTenant;
let people: Person[];
let world: World;
let tx: Tx;

beforeAll(async () => {
  app = await startApp({ ROLE: 'api' });
  tenant = await app.tenant();
  ({ people, world } = makeWorld(PEOPLE, SEED));
  await storeWorld(app, tenant.tenantId, { people, world });
});
afterAll(() => app.close());

const some = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const values = some(...VALUES);
const texts = some(...VALUES.filter((value) => typeof value === 'string'));
const numbers = some(...VALUES.filter((value) => typeof value === 'number'));
const days = fc.integer({ min: 0, max: 70 });
const dates = fc.oneof(
  days.map((daysAgo) => ({ daysAgo })),
  days.map((inDays) => ({ inDays })),
  some('2026-01-01', '2020-02-29', '1999-12-31T23:59:59Z').map((date) => ({ date })),
);
const two = <T>(arbitrary: fc.Arbitrary<T>) => fc.tuple(arbitrary, arbitrary).map((both) => [...both]);
const attribute = some(...KEYS).map((key) => `attributes.${key}`);
const textField = some('name', 'externalId', 'language', 'timezone');
const ORDERS = ['gt', 'gte', 'lt', 'lte'];

const comparison = fc.oneof(
  fc.record({ field: attribute, op: some('eq', 'ne'), value: values }),
  fc.record({ field: attribute, op: some('in'), value: fc.array(values, { minLength: 1, maxLength: 5 }) }),
  fc.record({ field: attribute, op: some('contains', 'startsWith'), value: texts }),
  fc.record({ field: attribute, op: some(...ORDERS), value: fc.oneof(texts, numbers, dates) }),
  fc.record({ field: attribute, op: some('between'), value: fc.oneof(two(texts), two(numbers), two(dates)) }),
  fc.record({ field: fc.oneof(attribute, textField), op: some('exists'), value: fc.boolean() }),
  fc.record({
    field: textField,
    op: some('eq', 'ne', 'contains', 'startsWith', ...ORDERS),
    value: some('Ada', 'ada', 'de', 'ext-3-', 'Europe/Berlin', 'UTC', '', '%', '😀'),
  }),
  fc.record({ field: textField, op: some('in', 'between'), value: two(some('Ada', 'Bob', 'de', 'en', 'UTC')) }),
  fc.record({ field: some('createdAt'), op: some(...ORDERS), value: fc.oneof(dates, some('2026-11-01')) }),
  fc.record({ field: some('createdAt'), op: some('between'), value: two(dates) }),
);
const channel = some(...TYPES);
const is = fc.boolean();
const purpose = some('MARKETING', 'TRANSACTIONAL');
const topic = some(...TOPICS);
const ofChannel = fc.oneof(
  fc.record({ channel, has: is }),
  fc.record({ channel, allowed: is, purpose }, { requiredKeys: ['channel', 'allowed'] }),
  fc.record({ channel, suppressed: is, purpose }, { requiredKeys: ['channel', 'suppressed'] }),
  fc.record({ channel, topic, on: is }),
  fc.record({ channel, consent: is, topic }, { requiredKeys: ['channel', 'consent'] }),
  fc.record({ doNotContact: is }),
);
const messages = fc.record({
  messages: fc.record(
    {
      direction: some('OUTBOUND', 'INBOUND'),
      status: fc.oneof(some(...STATUSES), fc.subarray(STATUSES, { minLength: 1 })),
      received: is,
      opened: is,
      clicked: is,
      replied: is,
      channelType: channel,
      templateId: some(...UUIDS),
      campaignId: some(...UUIDS),
      within: fc.record({ days: fc.integer({ min: 1, max: 70 }) }),
      atLeast: fc.integer({ min: 1, max: 3 }),
    },
    { requiredKeys: [] },
  ),
});
const leaf = fc.oneof(comparison, comparison, ofChannel, messages);
const tree = fc.letrec<{ node: Segment }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf as fc.Arbitrary<Segment>,
    fc.record({ all: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
  ),
})).node;

async function selected(segment: Segment): Promise<string[]> {
  const { sql, values: parameters } = segmentCondition(segment, 2);
  const text = `SELECT c.id FROM contact c WHERE c.tenant_id = $1 AND c.deleted_at IS NULL AND ${sql}`;
  const rows = await tx.once<{ id: string }>(text, [tx.tenantId, ...parameters]);
  return rows.map(({ id }) => id);
}

/** In one transaction, which is what takes the time. */
function check<T>(property: fc.IAsyncProperty<T>, numRuns: number): Promise<void> {
  return app.runtime.app.get(TenantDb).run(tenant.tenantId, async (open) => {
    await holdInMemory(open);
    tx = open;
    await fc.assert(property, { numRuns, seed: SEED });
  });
}

/** Who is selected and should not be, and the other way round. */
function differences(segment: Segment, ids: readonly string[]): string[] {
  const chosen = new Set(ids);
  const wrong = people.filter((person) => isAbout(segment, person, world) !== chosen.has(person.id));
  return wrong.map((person) => JSON.stringify(person));
}

const preview = (segment: unknown, channelType = 'EMAIL') =>
  tenant.api.post('/segments/preview', { segment, channelType });

describe('a segment', () => {
  it('selects exactly the contacts that an evaluator without SQL selects, each kind of condition by itself', async () => {
    const sizes: number[] = [];
    const property = fc.asyncProperty(leaf as fc.Arbitrary<Segment>, async (segment) => {
      const ids = await selected(segment);
      sizes.push(ids.length);
      expect(differences(segment, ids).slice(0, 2)).toEqual([]);
    });
    await check(property, 400);
    const telling = sizes.filter((size) => size > 0 && size < PEOPLE).length;
    expect(telling).toBeGreaterThan(200);
    console.info(`400 conditions over ${PEOPLE} contacts: ${telling} chose some and not all`);
  });

  it('selects exactly them when conditions are nested in all, any and not', async () => {
    let telling = 0;
    const property = fc.asyncProperty(tree, async (segment) => {
      fc.pre(segmentFaults(segment, '').length === 0);
      const ids = await selected(segment);
      if (ids.length > 0 && ids.length < PEOPLE) telling++;
      expect(differences(segment, ids).slice(0, 2)).toEqual([]);
    });
    await check(property, 150);
    expect(telling).toBeGreaterThan(60);
    console.info(`150 trees over ${PEOPLE} contacts: ${telling} chose some and not all`);
  });

  it('is counted as it is now, with those who can be reached and five of them', async () => {
    const all = people.filter(({ identities }) => identities.some(({ channelType }) => channelType === 'SMS'));
    const answer = await preview({ all: [] }, 'SMS');
    expect(answer.status).toBe(200);
    const newest = people.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, 5);
    expect(answer.body).toEqual({
      count: PEOPLE,
      reachable: all.length,
      sample: newest.map(({ id, externalId, name }) => ({ id, externalId, name })),
    });
    expect((await preview({ field: 'name', op: 'eq', value: 'nobody' })).body).toEqual({
      count: 0,
      reachable: 0,
      sample: [],
    });
  });
});
