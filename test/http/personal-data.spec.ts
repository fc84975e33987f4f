import { uuidv7 } from '../../src/platform/db/uuid';
import { PERMISSION_NAMES } from '../../src/permissions/permissions';
import { Api, type Answer } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { CANARY, canariesIn, makeCanaries } from './canaries';
import { readOperations } from './operations';

const operations = readOperations().filter(
  ({ isApi, id }) => isApi && !/^(webhooks(Get|Post)|eventSourcesReceive)/.test(id),
);

let app: TestApp;
let tenant: TestTenant;
let blind: Api;
let seeing: Api;
let ids: Record<string, string>;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
  const { tenantId } = tenant;
  seeing = new Api(app.url, await app.key(tenantId, PERMISSION_NAMES));
  blind = new Api(
    app.url,
    await app.key(
      tenantId,
      PERMISSION_NAMES.filter((name) => name !== 'contacts:pii'),
    ),
  );
  ids = await makeCanaries(app, tenant);
});
afterAll(() => app.close());

/** Every GET of the API, with every id in every place. */
async function readAll(api: Api): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  for (const { method, path, pathNames } of operations) {
    if (method !== 'GET') continue;
    const targets = pathNames.length ? Object.values(ids).map((id) => path.replace(/\{\w+\}/, id)) : [path];
    for (const target of targets) answers.set(target, await api.get(target));
  }
  return answers;
}

describe('an answer to a key without contacts:pii', () => {
  it('shows nothing of people, on every GET of the API, and to a key with it they show everything', async () => {
    const [seen, hidden] = [await readAll(seeing), await readAll(blind)];
    const found = new Set([...seen.values()].flatMap(({ text }) => canariesIn(text)));
    expect(Object.keys(CANARY).filter((field) => !found.has(field))).toEqual([]);

    const leaks = [...hidden].flatMap(([path, { text }]) => canariesIn(text).map((field) => `${path}: ${field}`));
    expect(leaks).toEqual([]);
    console.info(`${hidden.size} GET requests: ${found.size} canaries seen with contacts:pii, 0 without`);

    expect(canariesIn(seen.get('/audit-log')?.text ?? '')).toEqual([]); // it never had any

    for (const [path, { status, body }] of hidden) {
      const whole = seen.get(path);
      if (status === 403)
        expect(path).toMatch(/^\/(attachments|contact-exports)\/.*\/content$|^\/contacts\/[^/]+\/export$/);
      else expect([path, status, shapeOf(body)]).toEqual([path, whole?.status, shapeOf(whole?.body)]);
    }
  });

  it('leaves enough to tell one from another', async () => {
    const { body } = await blind.get(`/contacts/${ids['contact']}`);
    expect(body).toMatchObject({
      id: ids['contact'],
      name: '•••',
      externalId: '•••',
      email: 'c•••@example.com',
      phone: '+4915•••5678',
      attributes: {},
    });
    const message = await blind.get(`/messages/${ids['message']}`);
    expect(message.body).toMatchObject({ to: 'c•••@example.com', content: {}, metadata: {}, status: 'DELIVERED' });
  });

  it('hides no thing of the tenant itself', async () => {
    expect((await blind.get(`/channels/${ids['channel']}`)).body).toMatchObject({
      name: 'Mail',
      from: 'shop@example.com',
    });
    expect((await blind.get(`/templates/${ids['template']}`)).body).toMatchObject({ name: 'Welcome', subject: 's' });
    expect((await blind.get(`/bulk-send/${ids['campaign']}`)).body).toMatchObject({
      name: 'Spring',
      content: { text: 't' },
    });
    expect((await blind.get('/stats')).body['from']).toMatch(/^20\d\d-/);
    expect((await blind.get('/providers')).text).toEqual((await seeing.get('/providers')).text);
    expect((await blind.get('/api-keys')).text).toEqual((await seeing.get('/api-keys')).text);
  });

  it.each<[string, string, () => string, () => object | undefined]>([
    ['changing a contact', 'patch', () => `/contacts/${ids['contact']}`, () => ({ language: 'de' })],
    [
      'making a contact',
      'post',
      () => '/contacts',
      () => ({ name: CANARY.contactName, attributes: { note: CANARY.attributes } }),
    ],
    [
      'changing preferences',
      'post',
      () => `/contacts/${ids['contact']}/preferences`,
      () => ({ reason: CANARY.preferenceReason }),
    ],
    [
      'changing a conversation',
      'patch',
      () => `/sessions/${ids['session']}`,
      () => ({ subject: CANARY.sessionSubject }),
    ],
    ['suppressing', 'post', () => '/suppressions', () => ({ channelType: 'EMAIL', address: CANARY.suppressed })],
    [
      'sending',
      'post',
      () => '/messages',
      () => ({ channelType: 'EMAIL', to: CANARY.email, content: { subject: 's', text: 't' } }),
    ],
    [
      'answering',
      'post',
      () => `/sessions/${ids['session']}/messages`,
      () => ({ content: { subject: 's', text: 't' } }),
    ],
    [
      'moving a scheduled message',
      'patch',
      () => `/scheduled-messages/${scheduleId}`,
      () => ({ scheduledAt: new Date(Date.now() + 2e8).toISOString() }),
    ],
    ['calling a message back', 'post', () => `/messages/${ids['scheduled']}/cancel`, () => undefined],
    ['changing a user', 'patch', () => `/users/${ids['user']}`, () => ({ name: CANARY.userName })],
    ['changing a rule', 'patch', () => `/automation-rules/${ids['rule']}`, () => ({ enabled: false })],
  ])('shows nothing after %s', async (_, verb, path, body) => {
    const [row] = await app.sql<{ id: string }>('SELECT id FROM scheduled_message WHERE message_id = $1', [
      ids['scheduled'],
    ]);
    scheduleId = row?.id ?? '';
    const answer = await blind[verb as 'post' | 'patch'](path(), body());
    expect(answer.status).toBeLessThan(300);
    expect(canariesIn(answer.text)).toEqual([]);
    expect(answer.text).toContain('•••');
  });
  let scheduleId = '';

  it('is masked when it is repeated, and what was stored of it is whole', async () => {
    const key = { 'idempotency-key': uuidv7() };
    for (const [path, body] of [
      ['/contacts', { name: CANARY.contactName }],
      ['/messages', { channelType: 'EMAIL', to: CANARY.email, content: { subject: 's', text: 't' } }],
    ] as const) {
      const first = await blind.post(path, body, key);
      const again = await blind.post(path, body, key);
      expect([canariesIn(first.text), again.text]).toEqual([[], first.text]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      expect(canariesIn((await seeing.post(path, body, key)).text)).toHaveLength(1);
    }
  });

  it('is refused where nothing can be masked, or a question would tell', async () => {
    for (const [verb, path, body] of [
      ['get', `/attachments/${ids['attachment']}/content`],
      ['get', '/contacts?search=Can'],
      ['post', `/templates/${ids['template']}/preview`, { contactId: ids['contact'] }],
    ] as const) {
      const call = (api: Api) => (verb === 'get' ? api.get(path) : api.post(path, body));
      const refused = await call(blind);
      expect([refused.status, refused.body['detail']]).toEqual([403, expect.stringContaining('contacts:pii')]);
      expect((await call(seeing)).status).toBe(200);
    }
    expect((await blind.post(`/templates/${ids['template']}/preview`, {})).status).toBe(200);
  });
});

describe('contacts:pii on one channel type', () => {
  it('shows messages of that type, and masks the others and what is of no type', async () => {
    const user = await tenant.api.post('/users', { subject: uuidv7() });
    const id = String(user.body['id']);
    await tenant.api.put(`/users/${id}/permissions`, {
      permissions: [{ actions: ['messages:read', 'contacts:read'] }, { channelType: 'SMS', actions: ['contacts:pii'] }],
    });
    const key = await tenant.api.post('/api-keys', { name: 'x', scopes: ['*'], userId: id });
    const api = new Api(app.url, String(key.body['key']));
    expect((await api.get(`/messages/${ids['dead']}`)).body).toMatchObject({
      to: CANARY.phone,
      content: { text: CANARY.text },
    });
    expect((await api.get(`/messages/${ids['message']}`)).body).toMatchObject({ content: {} });
    expect((await api.get(`/contacts/${ids['contact']}`)).body).toMatchObject({ name: '•••' });
    const list = (await api.get('/messages')).body['data'] as { channelType: string; content: object }[];
    expect(list.every(({ channelType, content }) => channelType === 'SMS' || Object.keys(content).length === 0)).toBe(
      true,
    );
  });
});

/** Names and types of everything; nothing of what is in lists and in free objects. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const free = ['attributes', 'metadata', 'content', 'variables'];
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, free.includes(name) ? typeof item : shapeOf(item)]),
  );
}
