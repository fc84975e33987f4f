import { openApi } from '../../src/app';
import { DB_ROLES } from '../../src/platform/db/roles';
import { startApp, type TestApp } from '../support/app';
import type { Answer } from '../support/api';
import { tenantHash } from '../support/tenant-hash';
import { switchFiltersOff, type FiltersOff } from './filters-off';
import { BODIES } from './isolation-bodies';
import { BY_FIELD, BY_PATH, OWN_NAMES } from './isolation-names';
import { isIdName, readOperations, type Operation } from './operations';
import { makeThings, type Things } from './tenant-things';

/** Where something else than success is right for a caller who does everything right. */
const RIGHT_STATUS: Readonly<Record<string, readonly number[]>> = {
  campaignsApprove: [409], // it is the author's own
  // It runs meanwhile, and may have ended by itself.
  campaignsCancel: [200, 409],
  campaignsRetryFailed: [202, 409],
  // Unsigned, as everything that a stranger sends.
  eventSourcesReceive: [401],
  webhooksPost: [401],
  webhooksGet: [401],
  webhooksPostByAccount: [401],
  webhooksGetByAccount: [401],
  // Delivered already.
  messagesCancel: [409],
  messagesRetry: [409],
  // A template stands in it.
  layoutsRemove: [409],
  // Done already.
  contactImportsCancel: [409],
};

/** What stands in paths beside ids. */
const plainInPath = ({ word }: Things): Readonly<Record<string, string>> => ({
  provider: 'sandbox',
  channelKey: 'none',
  sourceKey: 'none',
  version: '1',
  other: '1',
  channelType: 'EMAIL',
  address: `${word}@example.com`,
});

/** A filter that the path decides already. */
const DECIDED_BY_PATH: Readonly<Record<string, string>> = { messagesOfSession: 'sessionId' };

/** Where an id of another is not refused as a whole: what is answered then. */
const TAKES_NONE: Readonly<Record<string, object>> = {
  messagesReplay: { replayed: 0 },
  recipientUploadsAdd: { taken: 0, rejected: 1 },
};

/** Tables without a row of a tenant at rest: Kafka is off, and what waits in the others was worked off. */
const EMPTY_AT_REST = [
  'automation_call',
  'file_removal',
  'inbound_media',
  'inbound_part',
  'kafka_position',
  'price_due',
  'sandbox_event',
];

const operations = readOperations();
let app: TestApp;
let a: Things;
let b: Things;
let idsOfA: string[];
let tried = 0;

beforeAll(async () => {
  app = await startApp();
  a = await makeThings(app);
  const { user: _, ...things } = a; // a user's id is whatever the tenant says
  idsOfA = Object.values(things).filter((value) => typeof value === 'string');
}, 60_000);
afterAll(() => app.close());

it('knows every operation of the application, so that none slips by', () => {
  const document = openApi(app.runtime.app);
  const served = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('/api/v1/communication', '')}`),
  );
  expect(operations.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(served.toSorted());
});

describe('with filters and row-level security', () => {
  layer();

  it('keeps names of one tenant free for the other', async () => {
    const before = await hashOfA();
    const channel = { channelType: 'EMAIL', providerType: 'sandbox', from: 'hello@example.com' };
    const made = [
      await b.api.post('/channels', { name: `channel ${a.word}`, ...channel }),
      await b.api.post('/templates', { name: a.templateName, channelType: 'EMAIL', subject: 's', body: 'b' }),
      await b.api.post('/automation-rules', {
        name: `rule ${a.word}`,
        trigger: { event: 'e' },
        steps: [{ type: 'wait', seconds: 1 }],
      }),
      await b.api.post('/contacts', { externalId: a.externalId, email: `${a.word}@example.com` }),
      await b.api.post('/suppressions', { channelType: 'EMAIL', address: `no.${a.word}@example.com` }),
    ];
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(await hashOfA()).toEqual(before);
  });

  it('finds nothing of the other tenant by its names', async () => {
    const fresh = await app.tenant();
    for (const query of ['search=W', 'externalId=X', 'email=W@example.com'])
      expect(
        (await fresh.api.get(`/contacts?${query.replace('W', a.word).replace('X', a.externalId)}`)).body['data'],
      ).toEqual([]);
    expect((await fresh.api.get(`/templates?search=${a.word}`)).body['data']).toEqual([]);
    expect((await fresh.api.get(`/messages?to=${a.word}@example.com`)).body['data']).toEqual([]);
    const named = { channelType: 'EMAIL', to: 'x@example.com', templateName: a.templateName };
    expect([404, 422]).toContain((await fresh.api.post('/messages', named)).status);
  });
});

describe('with row-level security alone, every condition on the tenant forgotten', () => {
  let off: FiltersOff;
  beforeAll(() => {
    off = switchFiltersOff(DB_ROLES.app);
  });
  afterAll(() => off.restore());

  layer();

  it('really had forgotten them', () => {
    expect(off.missed).toEqual([]);
    expect(off.texts.size).toBeGreaterThan(80);
    console.info(`conditions on the tenant taken out of ${off.texts.size} different statements`);
  });
});

describe('with the conditions alone, row-level security off', () => {
  const everyTable = async (change: string) => {
    const tables = await app.sql<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relforcerowsecurity`,
    );
    expect(tables.length).toBeGreaterThan(25);
    for (const { name } of tables) await app.sql(`ALTER TABLE ${name} ${change} ROW LEVEL SECURITY`);
  };
  beforeAll(() => everyTable('DISABLE'));
  afterAll(() => everyTable('ENABLE'));

  layer();
});

/** Every operation, asked by a tenant with all rights about the things of another. */
function layer(): void {
  let before: Record<string, string>;
  beforeAll(async () => {
    b = await makeThings(app);
    before = await hashOfA();
    expect(Object.keys(before).filter((table) => before[table] === null)).toEqual(EMPTY_AT_REST);
  }, 60_000);

  it.each(operations.map((operation) => [operation.id, operation] as const))('%s', async (_, operation) => {
    await tryPath(operation);
    await tryQuery(operation);
    await tryBody(operation);
    await tryOwn(operation);
    expect(await hashOfA()).toEqual(before);
  });

  afterAll(() => console.info(`${tried} requests with ids of another tenant so far`));
}

async function tryPath(operation: Operation): Promise<void> {
  for (const name of operation.pathNames.filter(isIdName)) {
    const ids =
      name === 'id' && operation.path.startsWith('/contacts/')
        ? [a.contact, `ext:${a.externalId}`]
        : [idFor(operation, name, a)];
    for (const id of ids) {
      const answer = await foreign(operation, { path: { [name]: id }, body: minimalBody(operation) });
      if (name in OWN_NAMES) expectNothingOfA(answer, id);
      else expectStatus(operation, answer, [404]);
    }
  }
  if (!operation.pathNames.includes('channelKey')) return;
  expectStatus(operation, await foreign(operation, { path: { channelKey: a.webhookKey } }), [401]);
}

async function tryQuery(operation: Operation): Promise<void> {
  for (const name of operation.queryNames.filter(isIdName)) {
    const id = fieldOf(name, a);
    const answer = await foreign(operation, { query: { [name]: id }, body: minimalBody(operation) });
    expectStatus(operation, answer, [200, 404, 422]);
    const isFilter = !(name in OWN_NAMES) && DECIDED_BY_PATH[operation.id] !== name;
    if (answer.status === 200 && isFilter) expect(answer.body['data']).toEqual([]);
    expectNothingOfA(answer, id);
    expectStatus(operation, await call(operation, { query: { [name]: fieldOf(name, b) } }), [200]);
  }
}

async function tryBody(operation: Operation): Promise<void> {
  for (const field of operation.bodyIds) {
    const body = BODIES[operation.id]?.[field];
    if (!body) throw new Error(`test/http/isolation-bodies.ts has no body for ${field} of ${operation.id}`);
    const name = field.split(/[.[\]]+/).at(-1) ?? '';
    const own = await call(operation, { body: body(b, fieldOf(name, b)) });
    expectStatus(operation, own, [200, 201, 202]);

    const answer = await foreign(operation, { body: body(b, fieldOf(name, a)) });
    expectNothingOfA(answer, fieldOf(name, a));
    if (operation.id in TAKES_NONE) expect(answer.body).toMatchObject(TAKES_NONE[operation.id] ?? {});
    else if (!(name in OWN_NAMES)) expectStatus(operation, answer, [404, 422]);
    else expectStatus(operation, answer, [200, 201, 202]);
  }
}

/** The same call about the caller's own things succeeds: what was refused before was refused for the id. */
async function tryOwn(operation: Operation): Promise<void> {
  const answer = await call(operation, { body: minimalBody(operation) });
  expectStatus(operation, answer, RIGHT_STATUS[operation.id] ?? [200, 201, 202, 204]);
  expectNothingOfA(answer);
}

function minimalBody({ id, hasBody }: Operation): unknown {
  if (!hasBody) return undefined;
  const minimal = BODIES[id]?.[''];
  if (!minimal) throw new Error(`test/http/isolation-bodies.ts has no body for ${id}`);
  return minimal(b, undefined);
}

interface Input {
  path?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
}

function foreign(operation: Operation, input: Input): Promise<Answer> {
  tried++;
  return call(operation, input);
}

async function call(operation: Operation, { path = {}, query = {}, body }: Input): Promise<Answer> {
  const own = (name: string) => plainInPath(b)[name] ?? idFor(operation, name, b);
  const url = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? own(name)));
  const search = new URLSearchParams(query).toString();
  const target = search ? `${url}?${search}` : url;
  if (!operation.isApi) return outside(target);
  if (isForm(body)) return b.api.post(target, body.body, body.headers);
  const method = operation.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  return method === 'get' || method === 'delete' ? b.api[method](target) : b.api[method](target, body);
}

async function outside(path: string): Promise<Answer> {
  const response = await fetch(app.url + path);
  return { status: response.status, headers: response.headers, text: await response.text(), body: {} };
}

function isForm(body: unknown): body is { body: string; headers: Record<string, string> } {
  return typeof body === 'object' && body !== null && 'headers' in body;
}

/** The id of `things` for a name in a path. */
function idFor(operation: Operation, name: string, things: Things): string {
  if (name !== 'id') return fieldOf(name, things);
  const thing = BY_PATH[operation.path.split('/')[1] ?? ''];
  if (!thing) throw new Error(`test/http/isolation.spec.ts does not know what ${operation.path} names`);
  return things[thing];
}

function fieldOf(name: string, things: Things): string {
  const thing = BY_FIELD[name] ?? OWN_NAMES[name];
  if (!thing) throw new Error(`test/http/isolation.spec.ts does not know what ${name} names`);
  return things[thing];
}

function expectStatus({ id }: Operation, { status, text }: Answer, right: readonly number[]): void {
  if (!right.includes(status)) throw new Error(`${id} answered ${status} instead of ${right.join(' or ')}: ${text}`);
}

/** What the caller sent may come back; everything else of the other tenant may not. */
function expectNothingOfA({ text }: Answer, sent = ''): void {
  const shown = idsOfA.filter(
    (id) => id !== sent && id !== a.tenantId && text.replaceAll(sent || '\0', '').includes(id),
  );
  expect(shown).toEqual([]);
}

const hashOfA = () => tenantHash((text, values) => app.sql(text, values), a.tenantId);
