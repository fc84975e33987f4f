import fc from 'fast-check';
import { holdInMemory } from '../../src/campaigns/segments/segment.queries';
import { segmentCondition, segmentFaults, type Segment } from '../../src/campaigns/segments/segment-tree';
import { TenantDb, type Tx } from '../../src/platform/db/tenant-db';
import { Api } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { isAbout, type Person, type World } from './segment-oracle';
import { hostile, leaf, tree } from './segment-trees';
import { makeWorld, storeWorld } from './segment-world';

const PEOPLE = 300;
const SEED = 20261121;

let app: TestApp;
let tenant: TestTenant;
let people: Person[];
let world: World;
let tx: Tx;

beforeAll(async () => {
  app = await startApp({ ROLE: 'api', RATE_LIMIT_PER_MINUTE: '1000000' });
  tenant = await app.tenant();
  ({ people, world } = makeWorld(PEOPLE, SEED));
  await storeWorld(app, tenant.tenantId, { people, world });
}, 60_000);
afterAll(() => app.close());

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
    expect(telling).toBeGreaterThan(250);
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
    expect(telling).toBeGreaterThan(80);
    console.info(`150 trees over ${PEOPLE} contacts: ${telling} chose some and not all`);
  });

  it('is counted as it is now, with those who can be reached and five of them', async () => {
    const reached = people.filter(({ identities }) => identities.some(({ channelType }) => channelType === 'SMS'));
    const answer = await preview({ all: [] }, 'SMS');
    expect(answer.status).toBe(200);
    const newest = people.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, 5);
    expect(answer.body).toEqual({
      count: PEOPLE,
      reachable: reached.length,
      sample: newest.map(({ id, externalId, name }) => ({ id, externalId, name })),
    });
    const nobody = await preview({ field: 'name', op: 'eq', value: 'nobody' });
    expect(nobody.body).toEqual({ count: 0, reachable: 0, sample: [] });
  });

  it('is about the contacts that a tenant has now, and never about those of another', async () => {
    const other = await app.tenant({ bare: true });
    const add = async (body: object) => String((await other.api.post('/contacts', body)).body['id']);
    const [ada] = [await add({ name: 'Ada', email: 'ada@example.com' }), await add({ name: 'Ada' })];
    const ask = () => other.api.post('/segments/preview', { segment: { all: [] }, channelType: 'EMAIL' });
    expect((await ask()).body).toMatchObject({ count: 2, reachable: 1 });
    await other.api.delete(`/contacts/${ada}`);
    expect((await ask()).body).toMatchObject({ count: 1, reachable: 0 });
  });

  it('is counted one at a time for a tenant, and refused with words when the database gives up', async () => {
    const slow = await app.tenant({ bare: true });
    const ask = () => slow.api.post('/segments/preview', { segment: { all: [] }, channelType: 'EMAIL' });
    await slow.api.post('/contacts', { name: 'Ada' });
    // Whoever looks at a contact of this tenant falls asleep.
    await app.sql(`CREATE POLICY slow ON contact AS RESTRICTIVE TO carillon_app
      USING (tenant_id <> '${slow.tenantId}' OR pg_sleep(60) IS NOT NULL)`);
    const asleep = async (): Promise<unknown> => {
      const [row] = await app.sql(`SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'`);
      return row?.['pid'] ?? asleep();
    };
    const first = ask();
    const pid = await asleep();
    const second = await ask();
    await app.sql('SELECT pg_cancel_backend($1)', [pid]);
    const given = await first;
    await app.sql('DROP POLICY slow ON contact');

    expect([second.status, second.body['code'], second.headers.get('retry-after')]).toEqual([429, 'rate_limited', '1']);
    expect([given.status, given.body['code']]).toEqual([422, 'too_slow']);
    expect((await ask()).status).toBe(200);
  });
});

describe('a segment that is kept', () => {
  const GOLD = { field: 'attributes.plan', op: 'eq', value: 'gold' };

  it('is created, read, listed, changed and deleted, its name free again', async () => {
    const { api } = await app.tenant({ bare: true });
    const created = await api.post('/segments', { name: 'Gold', segment: GOLD });
    expect(created.status).toBe(201);
    const id = String(created.body['id']);
    const times = { createdAt: expect.stringMatching(/Z$/), updatedAt: expect.stringMatching(/Z$/) };
    const expected = { id, name: 'Gold', segment: GOLD, ...times };
    expect(created.body).toEqual(expected);
    expect(created.headers.get('location')).toBe(`/api/v1/communication/segments/${id}`);
    expect((await api.get(`/segments/${id}`)).body).toEqual(expected);

    const taken = await api.post('/segments', { name: 'Gold', segment: { all: [] } });
    expect([taken.status, taken.body['code']]).toEqual([409, 'duplicate_name']);
    const other = await api.post('/segments', { name: 'Everybody', segment: { all: [] } });
    const clash = await api.patch(`/segments/${String(other.body['id'])}`, { name: 'Gold' });
    expect([clash.status, clash.body['code']]).toEqual([409, 'duplicate_name']);
    const listed = (await api.get('/segments')).body['data'] as { name: string }[];
    expect(listed.map(({ name }) => name)).toEqual(['Everybody', 'Gold']);

    const changed = await api.patch(`/segments/${id}`, { segment: { not: GOLD } });
    expect([changed.status, changed.body]).toEqual([200, { ...expected, segment: { not: GOLD } }]);
    expect((await api.delete(`/segments/${id}`)).status).toBe(204);
    for (const gone of [api.get(`/segments/${id}`), api.patch(`/segments/${id}`, {}), api.delete(`/segments/${id}`)])
      expect((await gone).status).toBe(404);
    expect((await api.post('/segments', { name: 'Gold', segment: GOLD })).status).toBe(201);
  });

  it('is stored only when it can be asked', async () => {
    const { api } = await app.tenant({ bare: true });
    const faulty = await api.post('/segments', { name: 'Gold', segment: { any: [GOLD, { ...GOLD, op: 'like' }] } });
    expect(faulty.body['errors']).toEqual([expect.objectContaining({ pointer: '/segment/any/1/op' })]);
    expect((await api.get('/segments')).body['data']).toEqual([]);
    const { body } = await api.post('/segments', { name: 'Gold', segment: GOLD });
    const path = `/segments/${String(body['id'])}`;
    expect((await api.patch(path, { segment: { any: [] } })).status).toBe(422);
    expect((await api.get(path)).body).toEqual(body);
    for (const [name, segment] of [
      [' ', GOLD],
      ['x'.repeat(101), GOLD],
      [null, GOLD],
      ['Gold 2', 'all'],
      ['Gold 2', null],
    ])
      expect((await api.post('/segments', { name, segment })).status).toBe(422);
  });
});

describe('a caller to whom people are not shown', () => {
  let blind: Api;
  beforeAll(async () => {
    blind = new Api(app.url, await app.key(tenant.tenantId, ['campaigns:read', 'campaigns:manage']));
  });

  it('counts, and sees a sample without names', async () => {
    const answer = await blind.post('/segments/preview', { segment: { all: [] }, channelType: 'EMAIL' });
    expect(answer.body['count']).toBe(PEOPLE);
    const sample = answer.body['sample'] as { id: string; name: unknown; externalId: unknown }[];
    expect(sample).toHaveLength(5);
    for (const { id, name, externalId } of sample) {
      expect(people.some((person) => person.id === id)).toBe(true);
      expect([null, '•••']).toContain(name);
      expect([null, '•••']).toContain(externalId);
    }
  });

  it.each([
    ['a name by its letters', { field: 'name', op: 'startsWith', value: 'A' }],
    ['an id by its letters', { field: 'externalId', op: 'contains', value: '7' }],
    ['an attribute by halves', { field: 'attributes.score', op: 'gt', value: 5 }],
    ['a day by halves, deep inside', { all: [{ not: { field: 'attributes.born', op: 'lt', value: { daysAgo: 1 } } }] }],
  ])('cannot find out %s', async (_, segment) => {
    for (const [path, body] of [
      ['/segments/preview', { segment, channelType: 'EMAIL' }],
      ['/segments', { name: 'Probe', segment }],
    ] as const)
      expect((await blind.post(path, body)).status).toBe(403);
    expect((await preview(segment)).status).toBe(200);
  });

  it('asks what tells nothing hidden', async () => {
    for (const segment of [
      { field: 'attributes.plan', op: 'eq', value: 'gold' },
      { field: 'createdAt', op: 'gt', value: { daysAgo: 3 } },
      { field: 'language', op: 'startsWith', value: 'de' },
    ])
      expect((await blind.post('/segments/preview', { segment, channelType: 'EMAIL' })).status).toBe(200);
  });
});

describe('a segment with a fault', () => {
  it('is refused naming the place of every fault, and nothing is counted', async () => {
    const answer = await preview({
      all: [{ field: 'tenant_id', op: 'eq', value: 1 }, { messages: { within: { days: 0 } } }],
    });
    expect([answer.status, answer.body['code']]).toEqual([422, 'invalid_field']);
    expect((answer.body['errors'] as { pointer: string }[]).map(({ pointer }) => pointer)).toEqual([
      '/segment/all/0/field',
      '/segment/all/1/messages/within/days',
    ]);
  });

  it('is refused before it is a segment when JSON itself forbids it', async () => {
    const send = (segment: string) =>
      tenant.api.post('/segments/preview', `{"channelType":"EMAIL","segment":${segment}}`);
    for (const text of [
      '{"__proto__":{"all":[]}}',
      '{"all":[],"all":[]}',
      `${'{"not":'.repeat(30)}{}${'}'.repeat(30)}`,
    ])
      expect([text.slice(0, 20), (await send(text)).status]).toEqual([text.slice(0, 20), 400]);
    expect((await send('{"field":"attributes.n","op":"gt","value":1e999}')).status).toBe(422);
  });

  it('never brings an answer of 500, whatever the tree holds', async () => {
    const statuses = new Map<number, number>();
    const property = fc.asyncProperty(hostile, async (segment) => {
      const { status } = await preview(segment);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect([200, 400, 422]).toContain(status);
    });
    await fc.assert(property, { numRuns: 150, seed: SEED });
    expect((await preview({ all: [] })).body['count']).toBe(PEOPLE);
    console.info(`150 hostile trees: ${JSON.stringify(Object.fromEntries(statuses))}`);
  });
});
