import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Api, type Answer } from '../support/api';
import type { TestTenant } from '../support/app';
import { addTwilio, openStage, twilioCalls, type Stage, type TwilioChannel } from './provider-calls';

type Row = Record<string, unknown>;

let stage: Stage;
let tenant: TestTenant;
let sms: TwilioChannel;
let inbounds = 0;
let people = 0;
let person: string;

/** An endpoint that answers as chat completions do, and remembers what it was asked. */
const asked: { headers: Row; body: { model: string; messages: { content: string }[] } }[] = [];
let says: { status: number; body: string } = { status: 200, body: '' };
let model: Server;

const number = (score: string) => ({
  status: 200,
  body: JSON.stringify({ choices: [{ message: { content: score } }] }),
});

beforeAll(async () => {
  model = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      asked.push({ headers: request.headers, body: JSON.parse(text) });
      response.writeHead(says.status, { 'content-type': 'application/json' }).end(says.body);
    });
  });
  await new Promise<void>((resolve) => model.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(model.address() as AddressInfo).port}/v1/`;
  stage = await openStage({ SENTIMENT_URL: url, SENTIMENT_MODEL: 'small', SENTIMENT_API_KEY: 'model-key' });
});
beforeEach(async () => {
  tenant = await stage.app.tenant();
  sms = await addTwilio(tenant);
  person = `+1415555${String(1000 + ++people)}`;
});
afterAll(async () => {
  await stage.close();
  model.close();
});

const rows = (body: Answer['body']) => body['data'] as Row[];
/** The status, and each field that is named. */
const codes = ({ status, body }: Answer) => [
  status,
  ...new Set(((body['errors'] as { pointer: string }[] | undefined) ?? []).map(({ pointer }) => pointer)),
];
const list = async (query = '', api = tenant.api) => rows((await api.get(`/sessions${query}`)).body);
const ids = async (query: string, api = tenant.api) => (await list(query, api)).map(({ id }) => id);
const settings = async (change: Row) => {
  const answer = await tenant.api.patch('/session-settings', change);
  expect(answer.status).toBe(200);
  return answer.body;
};

async function brings(text: string, from = person): Promise<string> {
  const MessageSid = `SM${String(++inbounds).padStart(32, '0')}`;
  const form = { MessageSid, AccountSid: sms.accountSid, From: from, To: sms.from, Body: text, NumMedia: '0' };
  expect((await twilioCalls(stage.app, { ...sms, url: sms.webhookUrl }, form)).status).toBe(200);
  return MessageSid;
}

/** A person writes; answers when the message is there. */
async function writes(text: string, from = person): Promise<Row & { sessionId: string; id: string }> {
  const sid = await brings(text, from);
  const found = ({ body }: Answer) => rows(body).find(({ providerMessageId }) => providerMessageId === sid);
  const answer = await tenant.api.until('/messages?direction=INBOUND', (each) => Boolean(found(each)));
  return found(answer) as Row & { sessionId: string; id: string };
}

const session = async (id: string) => (await tenant.api.get(`/sessions/${id}`)).body;
const reply = (id: string, body: Row = { content: { text: 'Yes' } }) =>
  tenant.api.post(`/sessions/${id}/messages`, body);
const note = (id: string, text: string) => tenant.api.post(`/sessions/${id}/notes`, { text });

async function makeUser(permissions: Row[] = [{ actions: ['messages:read'] }]): Promise<string> {
  const made = await tenant.api.post('/users', { subject: `user-${++people}` });
  await tenant.api.put(`/users/${String(made.body['id'])}/permissions`, { permissions });
  return String(made.body['id']);
}

async function keyOf(userId: string): Promise<Api> {
  const made = await tenant.api.post('/api-keys', { name: 'Desk', scopes: ['messages:read'], userId });
  return new Api(stage.app.url, String(made.body['key']));
}

describe('a conversation is somebody’s work', () => {
  it('is assigned to whoever may read it, found by them with me, and by everybody with none while it is nobody’s', async () => {
    const { sessionId } = await writes('Hello?');
    const other = await writes('Hello too', '+14155550999');
    const ada = await makeUser([{ channelType: 'SMS', actions: ['messages:read'] }]);
    const changed = await tenant.api.patch(`/sessions/${sessionId}`, { assignedTo: ada });
    expect([changed.status, changed.body['assignedTo']]).toEqual([200, ada]);
    expect(await ids('?assignedTo=none')).toEqual([other.sessionId]);
    expect(await ids(`?assignedTo=${ada}`)).toEqual([sessionId]);
    const desk = await keyOf(ada);
    expect(await ids('?assignedTo=me', desk)).toEqual([sessionId]);
    expect(codes(await tenant.api.get('/sessions?assignedTo=me'))).toEqual([422, '/query/assignedTo']);
    expect(codes(await tenant.api.get('/sessions?assignedTo=you'))).toEqual([422, '/query/assignedTo']);

    expect((await tenant.api.patch(`/sessions/${sessionId}`, { assignedTo: null })).body['assignedTo']).toBeNull();
    await tenant.api.patch(`/sessions/${sessionId}`, { assignedTo: ada });
    await tenant.api.delete(`/users/${ada}`);
    expect((await session(sessionId))['assignedTo']).toBeNull();
  });

  it('is not assigned to strangers, to who may not read its channel type, and to who was switched off', async () => {
    const { sessionId } = await writes('Hello?');
    const elsewhere = await makeUser([{ channelType: 'EMAIL', actions: ['messages:read'] }]);
    const sender = await makeUser([{ actions: ['messages:send'] }]);
    const off = await makeUser();
    await tenant.api.patch(`/users/${off}`, { status: 'DISABLED' });
    const foreign = await stage.app.tenant();
    const stranger = String((await foreign.api.post('/users', { subject: 'x' })).body['id']);
    for (const assignedTo of [elsewhere, sender, off, stranger, '01900000-0000-7000-8000-000000000001'])
      expect(codes(await tenant.api.patch(`/sessions/${sessionId}`, { assignedTo }))).toEqual([422, '/assignedTo']);
    expect((await session(sessionId))['assignedTo']).toBeNull();
  });

  it('has labels of one spelling, which are counted and found', async () => {
    const first = await writes('Hello?');
    const second = await writes('Hello!', '+14155550998');
    const labelled = await tenant.api.patch(`/sessions/${first.sessionId}`, {
      labels: [' VIP ', 'Late  Parcel', 'vip'],
    });
    expect(labelled.body['labels']).toEqual(['vip', 'late parcel']);
    await tenant.api.patch(`/sessions/${second.sessionId}`, { labels: ['ViP'], status: 'COMPLETED' });
    expect(await ids('?label=%20vip')).toEqual([second.sessionId, first.sessionId]);
    expect(await ids('?label=LATE+parcel')).toEqual([first.sessionId]);
    expect(await ids('?label=none')).toEqual([]);
    const { body } = await tenant.api.get('/session-labels');
    expect(rows(body)).toEqual([
      { name: 'vip', sessions: 2, open: 1 },
      { name: 'late parcel', sessions: 1, open: 1 },
    ]);
  });

  it('has names in other systems, and so has its contact: each is found by them', async () => {
    const { sessionId, ...message } = await writes('Hello?');
    const contactId = String(message['contactId']);
    const call = { system: 'calls', id: 'CA-1:2', url: 'https://calls.example.com/CA-1' };
    const changed = await tenant.api.patch(`/sessions/${sessionId}`, {
      externalReferences: [call, { system: 'crm', id: '7' }],
    });
    expect(changed.body['externalReferences']).toEqual([call, { system: 'crm', id: '7', url: null }]);
    expect(await ids('?reference=calls:CA-1:2')).toEqual([sessionId]);
    expect(await ids('?reference=crm:8')).toEqual([]);
    expect(codes(await tenant.api.get('/sessions?reference=crm'))).toEqual([422, '/query/reference']);

    await tenant.api.patch(`/contacts/${contactId}`, { externalReferences: [{ system: 'crm', id: 'C-1' }] });
    const found = await tenant.api.get('/contacts?reference=crm:C-1');
    expect(rows(found.body)).toMatchObject([
      { id: contactId, externalReferences: [{ system: 'crm', id: 'C-1', url: null }] },
    ]);
    expect(rows((await tenant.api.get('/contacts?reference=crm:C-2')).body)).toEqual([]);

    const other = await tenant.api.post('/contacts', {
      name: 'The same',
      externalReferences: [
        { system: 'crm', id: 'C-1' },
        { system: 'shop', id: '9' },
      ],
    });
    const merged = await tenant.api.post(`/contacts/${contactId}/merge`, { contactId: other.body['id'] });
    expect(merged.status).toBe(200);
    expect((await tenant.api.get(`/contacts/${contactId}`)).body['externalReferences']).toEqual([
      { system: 'crm', id: 'C-1', url: null },
      { system: 'shop', id: '9', url: null },
    ]);
  });

  it.each([
    ['/externalReferences/0/system', [{ system: 'C R M', id: '1' }]],
    ['/externalReferences/0/id', [{ system: 'crm', id: ' ' }]],
    ['/externalReferences/0/url', [{ system: 'crm', id: '1', url: 'javascript:alert(1)' }]],
    [
      '/externalReferences',
      [
        { system: 'crm', id: '1' },
        { system: 'crm', id: '1' },
      ],
    ],
    ['/externalReferences', Array.from({ length: 11 }, (_, id) => ({ system: 'crm', id: String(id) }))],
    ['/externalReferences', null],
  ])('takes no names at %s that are none', async (pointer, externalReferences) => {
    const { sessionId } = await writes('Hello?');
    expect(codes(await tenant.api.patch(`/sessions/${sessionId}`, { externalReferences }))).toEqual([422, pointer]);
    expect(codes(await tenant.api.post('/contacts', { externalReferences }))).toEqual([422, pointer]);
  });
});

describe('a note', () => {
  it('stands between the messages of its conversation, and is sent to nobody', async () => {
    const { sessionId, contactId } = await writes('Where is my parcel?');
    const made = await note(sessionId, 'He is a\nregular.');
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ direction: 'INTERNAL', status: 'NOTED', content: { text: 'He is a\nregular.' } });
    expect(String(made.body['from'])).toMatch(/^key:/);
    const answered = await reply(sessionId);
    await tenant.api.message(answered.body['id'], 'SENT');

    const said = rows((await tenant.api.get(`/sessions/${sessionId}/messages`)).body);
    expect(said.map(({ direction }) => direction)).toEqual(['OUTBOUND', 'INTERNAL', 'INBOUND']);
    const path = `/messages/${String(made.body['id'])}`;
    expect((await tenant.api.get(path)).body).toMatchObject({ attempts: 0, timeline: [{ type: 'NOTED' }] });
    expect((await tenant.api.get(`${path}/why`)).body).toMatchObject({ status: 'NOTED', gate: null });
    expect((await tenant.api.post(`${path}/cancel`)).status).toBe(409);
    expect((await tenant.api.post(`${path}/retry`)).status).toBe(409);
    const bodies = stage.twilio.ledger
      .filter(({ path: at }) => at.includes(sms.accountSid))
      .map(({ body }) => body['Body']);
    expect(bodies).toEqual(['Yes']);

    // Lists of messages are of what came and went; whoever wants notes asks for them.
    const directions = async (at: string) => rows((await tenant.api.get(at)).body).map((each) => each['direction']);
    expect(await directions('/messages')).toEqual(['OUTBOUND', 'INBOUND']);
    expect(await directions('/messages?direction=INTERNAL')).toEqual(['INTERNAL']);
    expect(await directions('/messages?status=NOTED')).toEqual(['INTERNAL']);
    expect(await directions(`/contacts/${String(contactId)}/timeline`)).toEqual(['OUTBOUND', 'INBOUND']);
  });

  it('counts in no statistics, and hides no answer from them', async () => {
    const { sessionId } = await writes('Hello?');
    await note(sessionId, 'before the answer');
    await tenant.api.message((await reply(sessionId)).body['id'], 'SENT');
    await note(sessionId, 'behind the answer');
    await writes('Thanks');
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await tenant.api.get(`/stats?from=${from}&to=${to}`);
    expect(body['total']).toMatchObject({ sent: 1, replied: 1 });
    expect((body['total'] as Row)['responseTimeP50']).not.toBeNull();
  });

  it('is made once for one Idempotency-Key, and not by who may only read', async () => {
    const { sessionId } = await writes('Hello?');
    const twice = await Promise.all(
      [1, 2].map(() => tenant.api.post(`/sessions/${sessionId}/notes`, { text: 'once' }, { 'idempotency-key': 'n1' })),
    );
    expect(twice.map(({ status }) => status).toSorted((a, b) => a - b)[0]).toBe(201);
    const notes = rows((await tenant.api.get(`/sessions/${sessionId}/messages?direction=INTERNAL`)).body);
    expect(notes).toHaveLength(1);
    const reader = new Api(stage.app.url, await stage.app.key(tenant.tenantId, ['messages:read']));
    expect((await reader.post(`/sessions/${sessionId}/notes`, { text: 'no' })).status).toBe(403);
    const [shown] = rows((await reader.get(`/sessions/${sessionId}/messages?direction=INTERNAL`)).body);
    expect(shown?.['content']).toEqual({});
    expect((await note('01900000-0000-7000-8000-000000000001', 'x')).status).toBe(404);
    expect(codes(await note(sessionId, ' '))).toEqual([422, '/text']);
  });

  it('is handed out with the person whom it is about, and goes with them; nothing is noted about them afterwards', async () => {
    const { sessionId, contactId } = await writes('Hello?');
    await note(sessionId, 'lives in the blue house');
    await tenant.api.patch(`/sessions/${sessionId}`, { externalReferences: [{ system: 'crm', id: 'blue-ref' }] });
    const exported = await tenant.api.get(`/contacts/${String(contactId)}/export`);
    expect(exported.text).toContain('lives in the blue house');
    expect(exported.text).toContain('blue-ref');
    expect((await tenant.api.post(`/contacts/${String(contactId)}/erase`)).status).toBe(200);
    const kept = await stage.app.sql(
      `SELECT 1 FROM communication_message WHERE tenant_id = $1 AND content::text LIKE '%blue house%'
       UNION ALL SELECT 1 FROM communication_session WHERE tenant_id = $1 AND external_references::text LIKE '%blue%'`,
      [tenant.tenantId],
    );
    expect(kept).toEqual([]);
    expect((await note(sessionId, 'lived in the blue house')).status).toBe(409);
  });
});

describe('a canned reply', () => {
  it('is kept, found by its shortcut, changed and removed', async () => {
    const made = await tenant.api.post('/canned-replies', { shortcut: 'refund', text: 'Hello {{ contact.name }}' });
    expect([made.status, made.headers.get('location')]).toEqual([
      201,
      `/api/v1/communication/canned-replies/${String(made.body['id'])}`,
    ]);
    expect((await tenant.api.post('/canned-replies', { shortcut: 'refund', text: 'Again' })).status).toBe(409);
    const other = await tenant.api.post('/canned-replies', { shortcut: 'hours', text: 'From 9 to 5' });
    const path = `/canned-replies/${String(other.body['id'])}`;
    expect(rows((await tenant.api.get('/canned-replies')).body).map(({ shortcut }) => shortcut)).toEqual([
      'hours',
      'refund',
    ]);
    expect(rows((await tenant.api.get('/canned-replies?shortcut=refund')).body)).toEqual([made.body]);
    expect((await tenant.api.patch(path, { shortcut: 'refund' })).status).toBe(409);
    const changed = await tenant.api.patch(path, { text: 'From 8 to 4' });
    expect(changed.body).toMatchObject({ shortcut: 'hours', text: 'From 8 to 4' });
    expect((await tenant.api.get(path)).body).toEqual(changed.body);
    expect((await tenant.api.delete(path)).status).toBe(204);
    expect((await tenant.api.get(path)).status).toBe(404);
    expect(codes(await tenant.api.post('/canned-replies', { shortcut: 'x', text: '{{ broken' }))).toEqual([
      422,
      '/text',
    ]);
    expect(codes(await tenant.api.post('/canned-replies', { shortcut: 'X Y', text: 'a' }))).toEqual([422, '/shortcut']);
  });

  it('is sent with what is known of the contact, and with values that are given', async () => {
    const { sessionId, contactId } = await writes('Money back?');
    await tenant.api.patch(`/contacts/${String(contactId)}`, { name: 'Ada', attributes: { plan: 'gold' } });
    const text = 'Dear {{ contact.name }} ({{ contact.attributes.plan }}): {{ amount }} EUR';
    const { body: canned } = await tenant.api.post('/canned-replies', { shortcut: 'money', text });
    const missing = await reply(sessionId, { cannedReplyId: canned['id'] });
    expect(codes(missing)).toEqual([422, '/variables/amount']);
    const sent = await reply(sessionId, { cannedReplyId: canned['id'], variables: { amount: 5 } });
    expect(sent.status).toBe(202);
    const message = await tenant.api.message(sent.body['id'], 'SENT');
    expect(message.body['content']).toMatchObject({ text: 'Dear Ada (gold): 5 EUR' });
    for (const beside of [{ content: { text: 'x' } }, { templateName: 'x' }])
      expect(codes(await reply(sessionId, { cannedReplyId: canned['id'], ...beside }))).toEqual([
        422,
        '/cannedReplyId',
      ]);
    expect((await reply(sessionId, { cannedReplyId: sessionId })).status).toBe(404);
  });
});

describe('the time to answer', () => {
  const late = (id: string) =>
    stage.app.sql(`UPDATE communication_session SET due_at = now() - interval '1 second' WHERE id = $1`, [id]);
  const overdueEvents = async () =>
    rows((await tenant.api.get('/events?name=session.overdue')).body).filter(({ source }) => source === 'carillon');

  it('runs from the first message that is not answered, by the tenant’s limits, until the answer', async () => {
    await settings({ firstResponseMinutes: 10, nextResponseMinutes: 60 });
    const { sessionId } = await writes('Hello?');
    const first = await session(sessionId);
    const minutes = (from: unknown, to: unknown) => (Date.parse(String(to)) - Date.parse(String(from))) / 60_000;
    expect(first).toMatchObject({ firstRepliedAt: null, firstResponseSeconds: null, overdue: false, overdueAt: null });
    expect(first['waitingSince']).toBe(first['firstInboundAt']);
    expect(minutes(first['waitingSince'], first['dueAt'])).toBe(10);
    await writes('Anybody?');
    const still = await session(sessionId);
    expect([still['waitingSince'], still['dueAt']]).toEqual([first['waitingSince'], first['dueAt']]);
    expect(await ids('?waiting=true')).toEqual([sessionId]);

    await reply(sessionId);
    const answered = await session(sessionId);
    expect(answered).toMatchObject({ waitingSince: null, dueAt: null, firstInboundAt: first['firstInboundAt'] });
    expect(answered['firstRepliedAt']).not.toBeNull();
    expect(answered['firstResponseSeconds']).toEqual(expect.any(Number));
    expect(await ids('?waiting=true')).toEqual([]);
    expect(await ids('?waiting=false')).toEqual([sessionId]);

    await writes('One more thing');
    const again = await session(sessionId);
    expect(minutes(again['waitingSince'], again['dueAt'])).toBe(60);
    expect(again['firstRepliedAt']).toBe(answered['firstRepliedAt']);

    const closed = await tenant.api.patch(`/sessions/${sessionId}`, { status: 'COMPLETED' });
    expect(closed.body).toMatchObject({ waitingSince: null, dueAt: null, closeSeconds: expect.any(Number) });
  });

  it('is another one on a channel type that has its own', async () => {
    await settings({ firstResponseMinutes: 10, perChannelType: [{ channelType: 'SMS', firstResponseMinutes: 3 }] });
    const { sessionId } = await writes('Hello?');
    const { waitingSince, dueAt } = await session(sessionId);
    expect(Date.parse(String(dueAt)) - Date.parse(String(waitingSince))).toBe(180_000);
  });

  it('that went by is told once, shown and found, until somebody answers', async () => {
    await settings({ firstResponseMinutes: 10, nextResponseMinutes: 10 });
    const { sessionId, contactId } = await writes('Hello?');
    const other = await writes('Hello too', '+14155550997');
    await late(sessionId);
    await tenant.api.until(`/sessions/${sessionId}`, ({ body }) => body['overdue'] === true);
    expect(await ids('?overdue=true')).toEqual([sessionId]);
    expect(await ids('?overdue=false')).toEqual([other.sessionId]);
    await writes('Still nobody?');
    const [told, ...more] = await overdueEvents();
    expect(more).toEqual([]);
    expect(told).toMatchObject({ name: 'session.overdue', contactId });
    const event = await tenant.api.get(`/events/${String(told?.['id'])}`);
    expect(JSON.stringify(event.body)).toContain(sessionId);
    expect(JSON.stringify(event.body)).not.toContain(person);

    await reply(sessionId);
    const answered = await session(sessionId);
    expect([answered['overdue'], answered['dueAt']]).toEqual([false, null]);
    expect(answered['overdueAt']).not.toBeNull();
    expect(await ids('?overdue=true')).toEqual([]);

    // The next one that goes by is another one.
    await writes('And now?');
    await late(sessionId);
    await tenant.api.until(`/sessions/${sessionId}`, ({ body }) => body['overdue'] === true);
    expect(await overdueEvents()).toHaveLength(2);
  });

  it('is not stopped by a notice, a refused message or a note, and by a scheduled one only when that goes', async () => {
    await settings({ firstResponseMinutes: 10 });
    const { sessionId } = await writes('Hello?');
    const waits = async () => (await session(sessionId))['waitingSince'] !== null;
    const send = (body: Row) =>
      tenant.api.post('/messages', { channelId: sms.id, to: person, content: { text: 'x' }, ...body });
    await send({ topic: 'news' });
    await send({ lane: 'bulk' });
    await send({ lane: 'otp' });
    await send({ purpose: 'MARKETING' });
    await note(sessionId, 'later');
    expect(await waits()).toBe(true);
    const later = await send({ scheduledAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect([later.status, await waits()]).toEqual([202, true]);
    await stage.app.sql(`UPDATE scheduled_message SET next_at = now(), scheduled_at = now() WHERE message_id = $1`, [
      later.body['id'],
    ]);
    await tenant.api.message(later.body['id'], 'SENT');
    expect(await waits()).toBe(false);

    await writes('Thanks');
    await tenant.api.post('/suppressions', { channelType: 'SMS', address: person });
    const refused = await reply(sessionId);
    expect([refused.body['status'], await waits()]).toEqual(['SUPPRESSED', true]);
  });
});

describe('silence', () => {
  /** As if all of it had been said so long ago. */
  const age = async (hours: number, which = 'true') => {
    await stage.app.sql(
      `UPDATE communication_message SET created_at = created_at - make_interval(hours => $2), sent_at = NULL
       WHERE tenant_id = $1 AND direction <> 'INTERNAL'`,
      [tenant.tenantId, hours],
    );
    await stage.app.sql(
      `UPDATE communication_session SET quiet_since = quiet_since - make_interval(hours => $2) WHERE tenant_id = $1 AND ${which}`,
      [tenant.tenantId, hours],
    );
  };
  const looked = (id: string) =>
    tenant.api
      .until(`/sessions/${id}`, () => true)
      .then(async () => {
        // The clock has looked at it when what it was asked to look at is not due any more.
        for (;;) {
          const due = await stage.app.sql(
            `SELECT 1 FROM communication_session WHERE id = $1 AND quiet_since <= now() - interval '24 hours'
             AND status IN ('INITIATED', 'ACTIVE', 'PENDING')`,
            [id],
          );
          if (!due.length) return session(id);
          await tenant.api.get('/sessions?limit=1');
        }
      });

  it('ends a conversation after the tenant’s hours, and whoever writes then begins another', async () => {
    const { sessionId } = await writes('Hello?');
    await age(25);
    expect((await session(sessionId))['status']).toBe('ACTIVE');
    await settings({ autoCompleteHours: 24, firstResponseMinutes: 5 });
    const done = await tenant.api.until(`/sessions/${sessionId}`, ({ body }) => body['status'] === 'COMPLETED');
    expect(done.body).toMatchObject({ closedAt: expect.any(String), waitingSince: null, dueAt: null });
    const next = await writes('Me again');
    expect(next.sessionId).not.toBe(sessionId);
    expect((await tenant.api.patch(`/sessions/${sessionId}`, { status: 'ACTIVE' })).status).toBe(409);
    await tenant.api.patch(`/sessions/${next.sessionId}`, { status: 'COMPLETED' });
    // Opened again by hand, it is not silent any more.
    await tenant.api.patch(`/sessions/${sessionId}`, { status: 'ACTIVE' });
    expect((await looked(sessionId))['status']).toBe('ACTIVE');
  });

  it('is broken by what goes out, and by what is still to go; not by a note', async () => {
    const { sessionId } = await writes('Hello?');
    await age(30);
    await tenant.api.message((await reply(sessionId)).body['id'], 'SENT');
    await settings({ autoCompleteHours: 24 });
    expect((await looked(sessionId))['status']).toBe('ACTIVE');

    const scheduledAt = new Date(Date.now() + 86_400_000).toISOString();
    const later = await tenant.api.post('/messages', {
      channelId: sms.id,
      to: person,
      content: { text: 'Tomorrow' },
      scheduledAt,
    });
    expect(later.status).toBe(202);
    await age(30);
    expect((await looked(sessionId))['status']).toBe('ACTIVE');

    await tenant.api.post(`/messages/${String(later.body['id'])}/cancel`);
    await note(sessionId, 'still thinking');
    await age(30);
    expect((await looked(sessionId))['status']).toBe('COMPLETED');
  });

  it('never leaves two conversations open with one person, or loses what is written at that very moment', async () => {
    await settings({ autoCompleteHours: 24 });
    const crowd = Array.from({ length: 6 }, (_, n) => `+1415556${String(2000 + people * 10 + n)}`);
    const doubled: Row[] = [];
    let isOver = false;
    const ageAgain = async () => {
      while (!isOver) {
        await age(48);
        doubled.push(
          ...(await stage.app.sql(
            `SELECT counterpart FROM communication_session WHERE tenant_id = $1 AND status IN ('INITIATED', 'ACTIVE', 'PENDING')
             GROUP BY channel_id, counterpart HAVING count(*) > 1`,
            [tenant.tenantId],
          )),
        );
      }
    };
    const ageing = ageAgain();
    const sids: string[] = [];
    for (let round = 0; round < 12; round++)
      sids.push(...(await Promise.all(crowd.map((from) => brings(`round ${round}`, from)))));
    await tenant.api.until('/webhook-logs?limit=200', ({ body }) =>
      rows(body).every(({ status }) => status === 'PROCESSED'),
    );
    isOver = true;
    await ageing;
    expect(doubled).toEqual([]);
    const [count] = await stage.app.sql<Row>(
      `SELECT (SELECT count(*)::int FROM communication_message WHERE tenant_id = $1 AND provider_message_id = ANY($2)) AS stored,
         (SELECT count(*)::int FROM communication_session WHERE tenant_id = $1 AND status = 'COMPLETED') AS ended,
         (SELECT count(*)::int FROM communication_message m JOIN communication_session s ON s.tenant_id = m.tenant_id
            AND s.id = m.session_id WHERE m.tenant_id = $1 AND m.created_at > s.closed_at) AS late`,
      [tenant.tenantId, sids],
    );
    expect(count).toMatchObject({ stored: sids.length, late: 0 });
    expect(count?.['ended']).toBeGreaterThan(0);
  });
});

describe('the mood of what people write', () => {
  const mood = async (id: string) =>
    (await tenant.api.until(`/messages/${id}`, ({ body }) => body['sentiment'] !== null)).body['sentiment'] as Row;

  it('is told by word lists where the tenant wants it, on the message and on the conversation with its trend', async () => {
    const before = await writes('This is terrible');
    await settings({ sentiment: 'LOCAL' });
    const first = await writes('I am very disappointed, the parcel is broken!');
    expect(await mood(first.id)).toMatchObject({ label: 'NEGATIVE' });
    expect((await session(first.sessionId))['sentiment']).toMatchObject({ label: 'NEGATIVE', trend: null });
    const second = await writes('Vielen Dank, das hat super geklappt!');
    expect(await mood(second.id)).toMatchObject({ label: 'POSITIVE' });
    const { sentiment } = await session(first.sessionId);
    expect(sentiment).toMatchObject({ label: 'POSITIVE', trend: 'RISING' });
    expect((sentiment as { score: number }).score).toBeGreaterThan(0.25);
    expect((await tenant.api.get(`/messages/${before.id}`)).body['sentiment']).toBeNull();
    expect(asked).toEqual([]);
    expect(await mood((await writes('Nein, das ist schlecht')).id)).toMatchObject({ label: 'NEGATIVE' });
    expect((await session(first.sessionId))['sentiment']).toMatchObject({ label: 'NEGATIVE', trend: 'FALLING' });
  });

  it('is asked of the operator’s endpoint where the tenant chose it, one message a call and nothing else of the person', async () => {
    await settings({ sentiment: 'ENDPOINT' });
    says = number('-0.9');
    const { id } = await writes('Great. Just great.');
    expect(await mood(id)).toEqual({ label: 'NEGATIVE', score: -0.9 });
    expect(asked).toHaveLength(1);
    const [call] = asked;
    expect(call?.headers['authorization']).toBe('Bearer model-key');
    expect(call?.body).toMatchObject({
      model: 'small',
      messages: [{ role: 'system' }, { role: 'user', content: 'Great. Just great.' }],
    });
    expect(JSON.stringify(call?.body)).not.toContain(person);
  });

  it.each([
    ['fails', { status: 500, body: '{}' }],
    ['says something else than a number', number('very good, 1')],
    ['says a number out of bounds', number('1.7')],
    ['answers no JSON', { status: 200, body: '<html>' }],
    ['answers another shape', { status: 200, body: '{"choices":{"0":1}}' }],
  ])('is told by the word lists where the endpoint %s', async (_, answer) => {
    await settings({ sentiment: 'ENDPOINT' });
    says = answer;
    const { id } = await writes('Excellent, thank you');
    expect(await mood(id)).toMatchObject({ label: 'POSITIVE' });
  });
});

describe('the settings of conversations', () => {
  const NONE = {
    autoCompleteHours: null,
    firstResponseMinutes: null,
    nextResponseMinutes: null,
    perChannelType: [],
    sentiment: 'OFF',
  };

  it('are nothing at first, change by field, and are in the audit log', async () => {
    expect((await tenant.api.get('/session-settings')).body).toEqual(NONE);
    await settings({ autoCompleteHours: 72, firstResponseMinutes: 15 });
    const changed = await settings({
      firstResponseMinutes: null,
      perChannelType: [{ channelType: 'EMAIL', nextResponseMinutes: 5 }],
    });
    const EMAIL = { channelType: 'EMAIL', firstResponseMinutes: null, nextResponseMinutes: 5 };
    expect(changed).toEqual({ ...NONE, autoCompleteHours: 72, perChannelType: [EMAIL] });
    expect((await tenant.api.get('/session-settings')).body).toEqual(changed);
    const log = rows((await tenant.api.get('/audit-log?limit=1')).body);
    expect(log).toMatchObject([{ action: 'session_settings.updated' }]);
    const sender = new Api(stage.app.url, await stage.app.key(tenant.tenantId, ['messages:send', 'messages:read']));
    expect((await sender.patch('/session-settings', { autoCompleteHours: 1 })).status).toBe(403);
  });

  it.each([
    ['/autoCompleteHours', { autoCompleteHours: 0 }],
    ['/autoCompleteHours', { autoCompleteHours: 1.5 }],
    ['/firstResponseMinutes', { firstResponseMinutes: 100_000 }],
    ['/nextResponseMinutes', { nextResponseMinutes: '5' }],
    ['/sentiment', { sentiment: 'LOUD' }],
    ['/sentiment', { sentiment: null }],
    ['/perChannelType/0/channelType', { perChannelType: [{ channelType: 'FAX' }] }],
    ['/perChannelType', { perChannelType: [{ channelType: 'SMS' }, { channelType: 'SMS' }] }],
  ])('refuse at %s what they cannot be', async (pointer, change) => {
    expect(codes(await tenant.api.patch('/session-settings', change))).toEqual([422, pointer]);
    expect((await tenant.api.get('/session-settings')).body).toEqual(NONE);
  });
});
