import { uuidv7 } from '../../src/platform/db/uuid';
import { PERMISSION_NAMES } from '../../src/permissions/permissions';
import { Api, type Answer } from '../support/api';
import { startApp, type TestApp } from '../support/app';
import { BODIES } from './isolation-bodies';
import { readOperations, type Operation } from './operations';
import { makeThings, type Things } from './tenant-things';

let app: TestApp;
let things: Things;
/** Every permission, on text messages only. */
let sms: Api;
/** Every permission, on e-mail only: what shows that the things are there. */
let mail: Api;
/** Ids of everything of e-mail. */
let idsOfMail: string[];

beforeAll(async () => {
  app = await startApp();
  things = await makeThings(app);
  // As the files that people send belong to their message; those that the tenant uploads are of no channel type.
  await app.sql('UPDATE communication_attachment SET message_id = $1 WHERE id = $2', [
    things.message,
    things.attachment,
  ]);
  await things.api.patch(`/sessions/${things.session}`, { subject: things.word });
  const { channel, suppression, template, session, message, deadLetter } = things;
  const { attachment, scheduled, campaign, rule, webhookLog } = things;
  idsOfMail = [
    channel,
    suppression,
    template,
    session,
    message,
    deadLetter,
    attachment,
    scheduled,
    campaign,
    rule,
    webhookLog,
  ];
  sms = await keyOn('SMS');
  mail = await keyOn('EMAIL');
});
afterAll(() => app.close());

async function keyOn(channelType: string, extra: object[] = []): Promise<Api> {
  const actions = PERMISSION_NAMES.filter((name) => name !== 'access:manage');
  const user = await things.api.post('/users', { subject: uuidv7() });
  const permissions = [{ channelType, actions }, ...extra];
  await things.api.put(`/users/${String(user.body['id'])}/permissions`, { permissions });
  const key = await things.api.post('/api-keys', { name: channelType, scopes: ['*'], userId: user.body['id'] });
  return new Api(app.url, String(key.body['key']));
}

function ask(api: Api, { id, method, path }: Operation, thing: string): Promise<Answer> {
  const body = BODIES[id]?.['']?.(things, undefined);
  const target = path.replace('{id}', thing).replace('{userId}', thing);
  const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  return verb === 'get' || verb === 'delete' ? api[verb](target) : api[verb](target, body);
}

const operations = readOperations().filter(
  ({ isApi, id }) =>
    isApi && !id.startsWith('webhooksPost') && !id.startsWith('webhooksGet') && id !== 'eventSourcesReceive',
);
const ofOneThing = operations.filter(({ pathNames }) => pathNames.includes('id'));
const reading = operations.filter(({ method, pathNames }) => method === 'GET' && !pathNames.length);

describe('a user with permissions on text messages only', () => {
  it.each(ofOneThing.map((operation) => [operation.id, operation] as const))(
    '%s finds nothing of e-mail',
    async (_, operation) => {
      for (const id of idsOfMail) {
        const { status, text } = await ask(sms, operation, id);
        expect([403, 404]).toContain(status);
        expect(text).not.toContain(things.word);
      }
    },
  );

  it.each(reading.map((operation) => [operation.id, operation] as const))(
    '%s leaves e-mail out',
    async (_, operation) => {
      const { status, text } = await ask(sms, operation, '');
      expect([200, 403]).toContain(status);
      expect(idsOfMail.filter((id) => text.includes(id))).toEqual([]);
    },
  );

  it('is told 404 and shown nothing of things that whoever may have them sees', async () => {
    const found = new Set<string>();
    for (const operation of ofOneThing.filter(({ method }) => method === 'GET'))
      for (const id of idsOfMail) if ((await ask(mail, operation, id)).status === 200) found.add(id);
    const listed = (await Promise.all(reading.map((operation) => ask(mail, operation, ''))))
      .map(({ text }) => text)
      .join();
    for (const id of idsOfMail) if (listed.includes(id)) found.add(id);
    expect(idsOfMail.filter((id) => !found.has(id))).toEqual([]);
  });

  it('left everything of e-mail as it was', async () => {
    const states = await app.sql<{ status: string }>(
      `SELECT status FROM communication_message WHERE id = ANY($1) UNION ALL
       SELECT 'CHANNEL' FROM communication_channel WHERE id = ANY($1) AND deleted_at IS NULL AND name LIKE 'channel%' UNION ALL
       SELECT 'SUPPRESSION' FROM suppression WHERE id = ANY($1) AND lifted_at IS NULL UNION ALL
       SELECT 'TEMPLATE' FROM message_template WHERE id = ANY($1) AND deleted_at IS NULL UNION ALL
       SELECT 'RULE' FROM message_automation_rule WHERE id = ANY($1) AND deleted_at IS NULL AND enabled UNION ALL
       SELECT 'SESSION ' || coalesce(subject, '') FROM communication_session WHERE id = ANY($1)`,
      [idsOfMail],
    );
    expect(states.map(({ status }) => status).toSorted()).toEqual(
      [
        'CHANNEL',
        'DELIVERED',
        'FAILED',
        'RULE',
        'SCHEDULED',
        `SESSION ${things.word}`,
        'SUPPRESSION',
        'TEMPLATE',
      ].toSorted(),
    );
  });
});

describe('writing', () => {
  const SAYS = { content: { subject: 'Hi', text: 'Hello' } };
  const detail = ({ status, body }: Answer) => [status, body['detail']];

  it('sends text messages, and is refused e-mail by its name', async () => {
    const sent = await sms.post('/messages', { channelType: 'SMS', to: '+14155550199', content: { text: 'Hello' } });
    expect(sent.status).toBe(202);
    await sms.message(sent.body['id'], 'DELIVERED');

    const refused = [403, 'The permission for this does not hold on EMAIL.'];
    expect(detail(await sms.post('/messages', { channelType: 'EMAIL', to: 'a@example.com', ...SAYS }))).toEqual(
      refused,
    );
    const byChannel = await sms.post('/messages', { channelId: things.channel, to: 'a@example.com', ...SAYS });
    expect(byChannel.status).toBe(404);
    expect((await sms.post(`/sessions/${things.session}/messages`, SAYS)).status).toBe(404);
    expect((await sms.post('/dead-letters/replay', { ids: [things.deadLetter] })).body).toEqual({ replayed: 0 });
  });

  it('gets no answer that was given to somebody else for an e-mail', async () => {
    const message = { channelType: 'EMAIL', to: `${things.word}@example.com`, ...SAYS };
    const key = { 'idempotency-key': uuidv7() };
    expect((await things.api.post('/messages', message, key)).status).toBe(202);
    expect((await sms.post('/messages', message, key)).status).toBe(403);
  });

  it.each<[string, string, object]>([
    ['a channel', '/channels', { name: 'n', channelType: 'EMAIL', providerType: 'sandbox', from: 'a@example.com' }],
    ['a template', '/templates', { name: 'n', channelType: 'EMAIL', subject: 's', body: 'b' }],
    ['a suppression', '/suppressions', { channelType: 'EMAIL', address: 'x@example.com' }],
    [
      'a rule',
      '/automation-rules',
      { name: 'n', trigger: { event: 'e' }, steps: [{ type: 'send', channelType: 'EMAIL', ...SAYS }] },
    ],
  ])('makes %s of text messages only', async (_, path, body) => {
    const refused = await sms.post(path, body, { 'idempotency-key': uuidv7() });
    expect([refused.status, refused.body['code']]).toEqual([403, 'forbidden']);
    const text = JSON.stringify(body)
      .replace('"EMAIL"', '"SMS"')
      .replace(/[ax]@example\.com/, '+14155550123')
      .replaceAll('"subject":"s",', '')
      .replace('"subject":"Hi",', '');
    expect((await sms.post(path, text)).status).toBe(201);
  });

  it('makes no bulk send of e-mail', async () => {
    const campaign = { name: 'c', recipients: [{ to: 'a@example.com' }], ...SAYS };
    expect([403, 422]).toContain((await sms.post('/bulk-send', { ...campaign, channelType: 'EMAIL' })).status);
    expect([404, 422]).toContain((await sms.post('/bulk-send', { ...campaign, channelId: things.channel })).status);
  });

  it('says nothing about wishes for e-mail', async () => {
    const path = `/contacts/${things.contact}/preferences`;
    expect((await sms.post(path, { channels: { EMAIL: { allowed: false } } })).status).toBe(403);
    expect((await sms.post(path, { channels: { SMS: { allowed: false } } })).status).toBe(200);
  });
});

describe('what is remembered', () => {
  it('for one caller is not told to another', async () => {
    const fresh = await makeChannel();
    expect((await sms.post('/messages', sends(fresh))).status).toBe(404);
    expect((await things.api.post('/messages', sends(fresh))).status).toBe(202);
    expect((await sms.post('/messages', sends(fresh))).status).toBe(404);

    const template = await things.api.post('/templates', {
      name: fresh,
      channelType: 'EMAIL',
      subject: 's',
      body: 'b',
    });
    const named = { channelId: fresh, to: 'a@example.com', templateId: template.body['id'] };
    expect((await sms.post('/messages', named)).status).toBe(404);
    expect((await things.api.post('/messages', named)).status).toBe(202);
  });

  const sends = (channelId: string) => ({ channelId, to: 'a@example.com', content: { subject: 's', text: 't' } });

  async function makeChannel(): Promise<string> {
    const channel = { name: uuidv7(), channelType: 'EMAIL', providerType: 'sandbox', from: 'a@example.com' };
    return String((await things.api.post('/channels', channel)).body['id']);
  }
});

describe('what reaches across all channel types', () => {
  const across = operations.filter(({ isOnEveryType }) => isOnEveryType);

  it.each(across.map((operation) => [operation.id, operation] as const))(
    '%s is refused, as it would be done by half',
    async (_, operation) => {
      const { status, body } = await ask(sms, operation, things.contact);
      expect([status, body['detail']]).toEqual([403, expect.stringContaining('on every channel type')]);
    },
  );

  it('is the removal of a person', () => {
    expect(across.map(({ id }) => id)).toContain('contactsRemove');
  });
});

describe('permissions of one user', () => {
  it('hold each on its own channel types', async () => {
    const api = await keyOn('SMS', [{ channelType: 'EMAIL', actions: ['messages:read'] }]);
    expect((await api.get(`/messages/${things.message}`)).status).toBe(200);
    expect((await api.post(`/messages/${things.message}/cancel`)).status).toBe(404);
    expect((await api.get(`/channels/${things.channel}`)).status).toBe(404);
  });

  it('count in figures what they may read', async () => {
    const sent = async (api: Api) => {
      const { body } = await api.get('/stats?groupBy=channelType');
      return (body['data'] as { key: string }[]).map(({ key }) => key);
    };
    expect(await sent(sms)).toEqual(['SMS']);
    expect((await sent(things.api)).toSorted()).toEqual(['EMAIL', 'SMS']);
  });
});

describe('the database', () => {
  /** Tables with a channel type that say nothing of messages: who has which address, and who may do what. */
  const OF_EVERY_TYPE = ['contact_identity', 'user_communication_permission'];

  it('holds every table with a channel type to the types of the caller', async () => {
    const open = await app.sql<{ name: string }>(
      `SELECT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'channel_type'
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT EXISTS (
         SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'channel_types' AND NOT p.polpermissive)
       ORDER BY 1`,
    );
    expect(open.map(({ name }) => name)).toEqual(OF_EVERY_TYPE);
  });

  it('holds every table with rows of a channel or a message to them, but for those that no route reads', async () => {
    const open = await app.sql<{ name: string }>(
      `SELECT DISTINCT c.relname AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         AND a.attname IN ('channel_id', 'message_id', 'campaign_id', 'template_id')
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT EXISTS (
         SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'channel_types' AND NOT p.polpermissive)
       ORDER BY 1`,
    );
    expect(open.map(({ name }) => name)).toEqual([
      'contact_send',
      'inbound_media',
      'inbound_part',
      'price_due',
      'sandbox_event',
    ]);
  });
});
