import { uuidv7 } from '../../src/platform/db/uuid';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { isIdName, readOperations, type Operation } from './operations';
import { statusesOf } from './statuses';
import { makeThings, type Things } from './tenant-things';

let app: TestApp;
let tenant: TestTenant;
let own: Things;

beforeAll(async () => {
  app = await startApp({ RATE_LIMIT_PER_MINUTE: '1000000' });
  tenant = await app.tenant();
  own = await makeThings(app);
});
afterAll(() => app.close());

describe('an id', () => {
  const upper = () => own.message.toUpperCase();
  const FORMS: readonly [string, () => string][] = [
    ['in capitals', upper],
    ['in braces', () => `{${own.message}}`],
    ['without dashes', () => own.message.replaceAll('-', '')],
    ['all zeros', () => '00000000-0000-0000-0000-000000000000'],
    ['all ones', () => 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    ['of nobody', () => uuidv7()],
    ['no id', () => 'not-a-uuid'],
    ['a path', () => '../channels'],
    ['a quote', () => "'"],
    ['NUL', () => '\0'],
    ['an emoji', () => '👍'],
    ['a sleep', () => "1';select pg_sleep(5)--"],
    ['10,000 characters', () => 'a'.repeat(10_000)],
  ];
  const reading = readOperations().filter(
    ({ method, path, isApi }) => isApi && method === 'GET' && path.includes('{id}'),
  );
  const filters = readOperations().flatMap(({ path, queryNames, pathNames }) =>
    pathNames.length ? [] : queryNames.filter(isIdName).map((name) => [path, name] as const),
  );

  it.each(FORMS)('%s is nothing of ours', async (_, form) => {
    for (const { id, path } of reading)
      expect([id, (await own.api.get(path.replace('{id}', encodeURIComponent(form())))).status]).toEqual([id, 404]);
    for (const [path, name] of filters) {
      const { status, body } = await own.api.get(`${path}?${name}=${encodeURIComponent(form())}`);
      if (status === 200) expect([path, name, body['data']]).toEqual([path, name, []]);
      else expect([path, name, status]).toEqual([path, name, 422]);
    }
    const sent = await own.api.post('/messages', {
      channelId: form(),
      to: 'a@b.co',
      content: { subject: 's', text: 't' },
    });
    expect([400, 404, 422]).toContain(sent.status);
  });
});

describe('a list', () => {
  const lists = readOperations().filter(({ isList }) => isList);

  it.each(lists.map((operation) => [operation.id, operation] as const))(
    '%s holds to its limits',
    async (_, operation) => {
      const path = operation.path.replace('{id}', idOf(operation));
      for (const limit of ['0', '-1', '201', '1e9', '1;drop', 'NaN', '', ' 1', '1.0', '0x10']) {
        const { status, body } = await own.api.get(`${path}?limit=${encodeURIComponent(limit)}`);
        expect([limit, status, body['errors']]).toEqual([
          limit,
          422,
          [expect.objectContaining({ pointer: '/query/limit' })],
        ]);
      }
      for (const query of [
        'limit[]=1',
        'limit[$gt]=1',
        'limit=1&limit=2',
        'sort=id',
        'sort=id;select pg_sleep(5)',
        `a${'[b]'.repeat(200)}=1`,
      ])
        expect([query, (await own.api.get(`${path}?${query}`)).status]).toEqual([query, 422]);
      for (const cursor of [
        'x',
        'null',
        Buffer.from('["00000000-0000-7000-8000-000000000000"]').toString('base64url'),
        'a'.repeat(900),
      ]) {
        const { status, body } = await own.api.get(`${path}?cursor=${cursor}`);
        expect([cursor, status, body['code']]).toEqual([cursor, 400, 'invalid_cursor']);
      }
    },
  );

  it('goes on with its own cursor only: not cut, not changed, not with another filter, list or tenant', async () => {
    const { body } = await own.api.get('/messages?limit=1');
    const cursor = String((body['page'] as { next: string }).next);
    expect((await own.api.get(`/messages?limit=2&cursor=${cursor}`)).status).toBe(200);
    const flipped = (at: number) => cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
    const refused = [
      await own.api.get(`/messages?cursor=${cursor.slice(0, -1)}`),
      await own.api.get(`/messages?cursor=${cursor}A`),
      await own.api.get(`/messages?cursor=${cursor}%3D`),
      await own.api.get(`/messages?cursor=${flipped(3)}`),
      await own.api.get(`/messages?cursor=${flipped(cursor.length - 4)}`),
      await own.api.get(`/messages?status=FAILED&cursor=${cursor}`),
      await own.api.get(`/sessions?cursor=${cursor}`),
      await own.api.get(`/sessions/${own.session}/messages?cursor=${cursor}`),
      await tenant.api.get(`/messages?cursor=${cursor}`),
    ];
    expect(refused.map(({ status, body: { code } }) => `${status} ${String(code)}`)).toEqual(
      refused.map(() => '400 invalid_cursor'),
    );
  });

  function idOf({ path }: Operation): string {
    const things: Readonly<Record<string, string>> = {
      contacts: own.contact,
      templates: own.template,
      sessions: own.session,
      'bulk-send': own.campaign,
      'scheduled-messages': own.scheduled,
      'automation-rules': own.rule,
      'webhook-endpoints': own.webhookEndpoint,
    };
    return things[path.split('/')[1] ?? ''] ?? '';
  }
});

it('left nothing that the server could not answer', async () => {
  const statuses = await statusesOf(app);
  console.info('answers:', statuses);
  expect(Object.keys(statuses).toSorted()).toEqual(['2xx', '4xx']);
});
