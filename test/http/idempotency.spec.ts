import { randomUUID } from 'node:crypto';
import { WorkerDb } from '../../src/platform/db/worker-db';
import { forgetOldKeys } from '../../src/platform/http/idempotency.queries';
import { Api, type Answer } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { sendRaw } from './raw-http';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const message = (text: string) => ({ channelType: 'EMAIL', to: 'ada@example.com', content: { subject: 's', text } });
const rule = (name: string) => ({ name, trigger: { event: 'e' }, steps: [{ type: 'wait', seconds: 1 }] });
const channel = (name: string) => ({ name, channelType: 'SMS', providerType: 'sandbox', from: '+15005550006' });
const campaign = (name: string) => ({ ...message(name), to: undefined, name, recipients: [{ to: 'ada@example.com' }] });

/** Every path that creates or sends, what it is given, and the table in which it leaves one row. */
const PATHS: readonly [path: string, status: number, table: string, body: (word: string) => object][] = [
  ['/messages', 202, 'communication_message', message],
  ['/sessions/:session/messages', 202, 'communication_message', (word) => ({ content: { subject: 's', text: word } })],
  ['/channels', 201, 'communication_channel', channel],
  ['/contacts', 201, 'contact', (word) => ({ name: word })],
  ['/templates', 201, 'message_template', (word) => ({ name: word, channelType: 'SMS', body: 'b' })],
  ['/suppressions', 201, 'suppression', (word) => ({ channelType: 'EMAIL', address: `${word}@example.com` })],
  ['/bulk-send', 202, 'bulk_message_campaign', campaign],
  ['/automation-rules', 201, 'message_automation_rule', rule],
];

const post = (path: string, body: unknown, key: string, api: Api = tenant.api) =>
  api.post(path, body, { 'idempotency-key': key });

async function count(table: string, tenantId = tenant.tenantId): Promise<number> {
  const [row] = await app.sql<{ count: number }>(`SELECT count(*)::int AS count FROM ${table} WHERE tenant_id = $1`, [
    tenantId,
  ]);
  return row?.count ?? -1;
}

/** What a caller sees of an answer, and must see again. */
const shown = ({ status, text, headers }: Answer) => [
  status,
  text,
  headers.get('location'),
  headers.get('content-type'),
];

describe.each(PATHS)('POST %s with an Idempotency-Key', (template, status, table, body) => {
  let path: string;
  beforeAll(async () => {
    const sent = await tenant.api.post('/messages', message('opens a conversation'));
    const read = await tenant.api.get(`/messages/${String(sent.body['id'])}`);
    path = template.replace(':session', String(read.body['sessionId']));
  });

  it('has one effect and gives the same answer again, byte for byte, however the JSON is written', async () => {
    const [key, word, before] = [randomUUID(), `w${randomUUID()}`, await count(table)];
    const first = await post(path, body(word), key);
    expect(first.status).toBe(status);
    expect(first.headers.has('idempotency-replayed')).toBe(false);

    const reversed = Object.fromEntries(Object.entries(JSON.parse(JSON.stringify(body(word)))).toReversed());
    for (const again of [body(word), JSON.stringify(reversed, null, 2)]) {
      const answer = await post(path, again, key);
      expect(shown(answer)).toEqual(shown(first));
      expect(answer.headers.get('idempotency-replayed')).toBe('true');
    }
    expect(await count(table)).toBe(before + 1);
  });

  it('refuses another request under the same key, and the key of a refused request stays free', async () => {
    const [key, word] = [randomUUID(), `w${randomUUID()}`];
    const invalid = await post(path, { ...body(word), surprise: 1 }, key);
    expect([invalid.status, invalid.body['code']]).toEqual([422, 'invalid_field']);
    expect((await post(path, body(word), key)).status).toBe(status);

    const before = await count(table);
    const other = await post(path, body(`x${word}`), key);
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_mismatch']);
    expect(await count(table)).toBe(before);
  });

  it('has one effect for fifty copies at the same moment', async () => {
    const [key, word, before] = [randomUUID(), `w${randomUUID()}`, await count(table)];
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(path, body(word), key)));
    const done = answers.filter((answer) => answer.status === status);
    const busy = answers.filter((answer) => answer.status === 409);
    expect(done.length).toBeGreaterThan(0);
    expect(done.length + busy.length).toBe(50);
    expect(
      busy.every(
        ({ headers, body: { code } }) => headers.get('retry-after') === '1' && code === 'idempotency_in_progress',
      ),
    ).toBe(true);
    expect(new Set(done.map(({ text }) => text)).size).toBe(1);
    expect(await count(table)).toBe(before + 1);
    expect(shown(await post(path, body(word), key))).toEqual(shown(done[0]!));
  });
});

describe('an Idempotency-Key', () => {
  it('belongs to one tenant and one path', async () => {
    const [key, other] = [randomUUID(), await app.tenant()];
    const ours = await post('/messages', message('mine'), key);
    const theirs = await post('/messages', message('theirs'), key, other.api);
    expect([ours.status, theirs.status, theirs.body['id'] === ours.body['id']]).toEqual([202, 202, false]);
    expect((await post('/contacts', { name: 'Ada' }, key)).status).toBe(201);
    expect((await post('/templates', { name: key, channelType: 'SMS', body: 'b' }, key)).status).toBe(201);
    const conversations = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const sent = await tenant.api.post('/messages', { ...message('x'), to: `${name}@example.com` });
        return (await tenant.api.get(`/messages/${String(sent.body['id'])}`)).body['sessionId'];
      }),
    );
    const reply = (session: unknown) =>
      post(`/sessions/${String(session)}/messages`, { content: { text: 't', subject: 's' } }, key);
    // The same path with another id is another request under the same key.
    expect([(await reply(conversations[0])).status, (await reply(conversations[1])).status]).toEqual([202, 422]);
  });

  it('is not used up by a conflict, nor by a request that failed', async () => {
    const [key, name] = [randomUUID(), `w${randomUUID()}`];
    const { body } = await tenant.api.post('/channels', channel(name));
    expect((await post('/channels', channel(name), key)).status).toBe(409);
    await tenant.api.delete(`/channels/${String(body['id'])}`);
    expect((await post('/channels', channel(name), key)).status).toBe(201);
  });

  it('opens nothing to whoever may not ask', async () => {
    const key = randomUUID();
    await post('/messages', message('secret'), key);
    const reader = new Api(app.url, await app.key(tenant.tenantId, ['messages:read']));
    expect((await post('/messages', message('secret'), key, reader)).status).toBe(403);
    expect((await post('/messages', message('secret'), key, new Api(app.url, 'ck_live_wrong'))).status).toBe(401);
  });

  it.each([
    ['empty', ''],
    ['256 characters', 'k'.repeat(256)],
    ['a space', 'a b'],
    ['a letter beyond ASCII', 'cl\u00e9'],
    ['quotes', '"key"'],
    ['a tab', 'a\tb'],
    ['two headers', 'a\r\nIdempotency-Key: b'],
  ])('is refused when it is %s', async (_, key) => {
    for (const path of ['messages', 'contacts']) {
      const body = JSON.stringify(path === 'messages' ? message('x') : { name: 'x' });
      const head = [
        `POST /api/v1/communication/${path} HTTP/1.1`,
        'Host: x',
        'Connection: close',
        `Authorization: Bearer ${tenant.key}`,
        'Content-Type: application/json',
        `Content-Length: ${Buffer.byteLength(body)}`,
        `Idempotency-Key: ${key}`,
      ];
      const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');
      const answer = await sendRaw(Number(new URL(app.url).port), bytes);
      expect([answer.status, JSON.parse(answer.body).code]).toEqual([400, 'invalid_header']);
    }
  });

  it('takes 255 characters', async () => {
    expect((await post('/messages', message('x'), 'k'.repeat(255))).status).toBe(202);
  });

  it('is kept for 48 hours, and then is free again', async () => {
    const [old, older] = [randomUUID(), randomUUID()];
    const first = {
      old: await post('/messages', message('x'), old),
      older: await post('/messages', message('x'), older),
    };
    await app.sql(`UPDATE idempotency_key SET created_at = now() - interval '47 hours 59 minutes' WHERE key = $1`, [
      old,
    ]);
    await app.sql(`UPDATE idempotency_key SET created_at = now() - interval '48 hours 1 minute' WHERE key = $1`, [
      older,
    ]);
    await forgetOldKeys(app.runtime.app.get(WorkerDb).sql);
    expect((await post('/messages', message('x'), old)).body['id']).toBe(first.old.body['id']);
    const again = await post('/messages', message('x'), older);
    expect([again.status, again.headers.has('idempotency-replayed')]).toEqual([202, false]);
    expect(again.body['id']).not.toBe(first.older.body['id']);
  });
});
