import { Api } from '../support/api';
import { openStage, type Stage } from './provider-calls';
import {
  age,
  codes,
  found,
  keyOf,
  looked,
  makeUser,
  note,
  openDesk,
  reply,
  rows,
  session,
  settings,
  whileSomebodyWrites,
  writes,
  type Desk,
  type Row,
} from './session-stage';

let stage: Stage;
let desk: Desk;

beforeAll(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  desk = await openDesk(stage);
});
afterAll(() => stage.close());

describe('a conversation is somebody’s work', () => {
  it('is assigned to whoever may read it, found by them with me, and by everybody with none while it is nobody’s', async () => {
    const { sessionId } = await writes(desk, 'Hello?');
    const other = await writes(desk, 'Hello too', '+14155550999');
    const ada = await makeUser(desk, [{ channelType: 'SMS', actions: ['messages:read'] }]);
    const changed = await desk.tenant.api.patch(`/sessions/${sessionId}`, { assignedTo: ada });
    expect([changed.status, changed.body['assignedTo']]).toEqual([200, ada]);
    expect(await found(desk, '?assignedTo=none')).toEqual([other.sessionId]);
    expect(await found(desk, `?assignedTo=${ada}`)).toEqual([sessionId]);
    const adas = await keyOf(desk, ada);
    expect(await found(desk, '?assignedTo=me', adas)).toEqual([sessionId]);
    expect(codes(await desk.tenant.api.get('/sessions?assignedTo=me'))).toEqual([422, '/query/assignedTo']);
    expect(codes(await desk.tenant.api.get('/sessions?assignedTo=you'))).toEqual([422, '/query/assignedTo']);

    expect((await desk.tenant.api.patch(`/sessions/${sessionId}`, { assignedTo: null })).body['assignedTo']).toBeNull();
    await desk.tenant.api.patch(`/sessions/${sessionId}`, { assignedTo: ada });
    await desk.tenant.api.delete(`/users/${ada}`);
    expect((await session(desk, sessionId))['assignedTo']).toBeNull();
  });

  it('is not assigned to strangers, to who may not read its channel type, and to who was switched off', async () => {
    const { sessionId } = await writes(desk, 'Hello?');
    const elsewhere = await makeUser(desk, [{ channelType: 'EMAIL', actions: ['messages:read'] }]);
    const sender = await makeUser(desk, [{ actions: ['messages:send'] }]);
    const off = await makeUser(desk);
    await desk.tenant.api.patch(`/users/${off}`, { status: 'DISABLED' });
    const foreign = await stage.app.tenant();
    const stranger = String((await foreign.api.post('/users', { subject: 'x' })).body['id']);
    for (const assignedTo of [elsewhere, sender, off, stranger, '01900000-0000-7000-8000-000000000001'])
      expect(codes(await desk.tenant.api.patch(`/sessions/${sessionId}`, { assignedTo }))).toEqual([
        422,
        '/assignedTo',
      ]);
    expect((await session(desk, sessionId))['assignedTo']).toBeNull();
  });

  it('has labels of one spelling, which are counted and found', async () => {
    const first = await writes(desk, 'Hello?');
    const second = await writes(desk, 'Hello!', '+14155550998');
    const labelled = await desk.tenant.api.patch(`/sessions/${first.sessionId}`, {
      labels: [' VIP ', 'Late  Parcel', 'vip'],
    });
    expect(labelled.body['labels']).toEqual(['vip', 'late parcel']);
    await desk.tenant.api.patch(`/sessions/${second.sessionId}`, { labels: ['ViP'], status: 'COMPLETED' });
    expect(await found(desk, '?label=%20vip')).toEqual([second.sessionId, first.sessionId]);
    expect(await found(desk, '?label=LATE+parcel')).toEqual([first.sessionId]);
    expect(await found(desk, '?label=none')).toEqual([]);
    const { body } = await desk.tenant.api.get('/session-labels');
    expect(rows(body)).toEqual([
      { name: 'vip', sessions: 2, open: 1 },
      { name: 'late parcel', sessions: 1, open: 1 },
    ]);
  });

  it('has names in other systems, and so has its contact: each is found by them', async () => {
    const { sessionId, ...message } = await writes(desk, 'Hello?');
    const contactId = String(message['contactId']);
    const call = { system: 'calls', id: 'CA-1:2', url: 'https://calls.example.com/CA-1' };
    const changed = await desk.tenant.api.patch(`/sessions/${sessionId}`, {
      externalReferences: [call, { system: 'crm', id: '7' }],
    });
    expect(changed.body['externalReferences']).toEqual([call, { system: 'crm', id: '7', url: null }]);
    expect(await found(desk, '?reference=calls:CA-1:2')).toEqual([sessionId]);
    expect(await found(desk, '?reference=crm:8')).toEqual([]);
    expect(codes(await desk.tenant.api.get('/sessions?reference=crm'))).toEqual([422, '/query/reference']);

    await desk.tenant.api.patch(`/contacts/${contactId}`, { externalReferences: [{ system: 'crm', id: 'C-1' }] });
    const known = await desk.tenant.api.get('/contacts?reference=crm:C-1');
    expect(rows(known.body)).toMatchObject([
      { id: contactId, externalReferences: [{ system: 'crm', id: 'C-1', url: null }] },
    ]);
    expect(rows((await desk.tenant.api.get('/contacts?reference=crm:C-2')).body)).toEqual([]);

    const other = await desk.tenant.api.post('/contacts', {
      name: 'The same',
      externalReferences: [
        { system: 'crm', id: 'C-1' },
        { system: 'shop', id: '9' },
      ],
    });
    const merged = await desk.tenant.api.post(`/contacts/${contactId}/merge`, { contactId: other.body['id'] });
    expect(merged.status).toBe(200);
    expect((await desk.tenant.api.get(`/contacts/${contactId}`)).body['externalReferences']).toEqual([
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
    const { sessionId } = await writes(desk, 'Hello?');
    expect(codes(await desk.tenant.api.patch(`/sessions/${sessionId}`, { externalReferences }))).toEqual([
      422,
      pointer,
    ]);
    expect(codes(await desk.tenant.api.post('/contacts', { externalReferences }))).toEqual([422, pointer]);
  });
});

describe('a note', () => {
  it('stands between the messages of its conversation, and is sent to nobody', async () => {
    const { sessionId, contactId } = await writes(desk, 'Where is my parcel?');
    const made = await note(desk, sessionId, 'He is a\nregular.');
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({ direction: 'INTERNAL', status: 'NOTED', content: { text: 'He is a\nregular.' } });
    expect(String(made.body['from'])).toMatch(/^key:/);
    const answered = await reply(desk, sessionId);
    await desk.tenant.api.message(answered.body['id'], 'SENT');

    const said = rows((await desk.tenant.api.get(`/sessions/${sessionId}/messages`)).body);
    expect(said.map(({ direction }) => direction)).toEqual(['OUTBOUND', 'INTERNAL', 'INBOUND']);
    const path = `/messages/${String(made.body['id'])}`;
    expect((await desk.tenant.api.get(path)).body).toMatchObject({ attempts: 0, timeline: [{ type: 'NOTED' }] });
    expect((await desk.tenant.api.get(`${path}/why`)).body).toMatchObject({ status: 'NOTED', gate: null });
    expect((await desk.tenant.api.post(`${path}/cancel`)).status).toBe(409);
    expect((await desk.tenant.api.post(`${path}/retry`)).status).toBe(409);
    const bodies = stage.twilio.ledger
      .filter(({ path: at }) => at.includes(desk.sms.accountSid))
      .map(({ body }) => body['Body']);
    expect(bodies).toEqual(['Yes']);

    // Lists of messages are of what came and went; whoever wants notes asks for them.
    const directions = async (at: string) =>
      rows((await desk.tenant.api.get(at)).body).map((each) => each['direction']);
    expect(await directions('/messages')).toEqual(['OUTBOUND', 'INBOUND']);
    expect(await directions('/messages?direction=INTERNAL')).toEqual(['INTERNAL']);
    expect(await directions('/messages?status=NOTED')).toEqual(['INTERNAL']);
    expect(await directions(`/contacts/${String(contactId)}/timeline`)).toEqual(['OUTBOUND', 'INBOUND']);
  });

  it('counts in no statistics, and hides no answer from them', async () => {
    const { sessionId } = await writes(desk, 'Hello?');
    await note(desk, sessionId, 'before the answer');
    await desk.tenant.api.message((await reply(desk, sessionId)).body['id'], 'SENT');
    await note(desk, sessionId, 'behind the answer');
    await writes(desk, 'Thanks');
    const from = new Date(Date.now() - 3_600_000).toISOString();
    const to = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await desk.tenant.api.get(`/stats?from=${from}&to=${to}`);
    expect(body['total']).toMatchObject({ sent: 1, replied: 1 });
    expect((body['total'] as Row)['responseTimeP50']).not.toBeNull();
  });

  it('is made once for one Idempotency-Key, and not by who may only read', async () => {
    const { sessionId } = await writes(desk, 'Hello?');
    const twice = await Promise.all(
      [1, 2].map(() =>
        desk.tenant.api.post(`/sessions/${sessionId}/notes`, { text: 'once' }, { 'idempotency-key': 'n1' }),
      ),
    );
    expect(twice.map(({ status }) => status).toSorted((a, b) => a - b)[0]).toBe(201);
    const notes = rows((await desk.tenant.api.get(`/sessions/${sessionId}/messages?direction=INTERNAL`)).body);
    expect(notes).toHaveLength(1);
    const reader = new Api(stage.app.url, await stage.app.key(desk.tenant.tenantId, ['messages:read']));
    expect((await reader.post(`/sessions/${sessionId}/notes`, { text: 'no' })).status).toBe(403);
    const [shown] = rows((await reader.get(`/sessions/${sessionId}/messages?direction=INTERNAL`)).body);
    expect(shown?.['content']).toEqual({});
    expect((await note(desk, '01900000-0000-7000-8000-000000000001', 'x')).status).toBe(404);
    expect(codes(await note(desk, sessionId, ' '))).toEqual([422, '/text']);
  });

  it('is handed out with the person whom it is about, and goes with them; nothing is noted about them afterwards', async () => {
    const { sessionId, contactId } = await writes(desk, 'Hello?');
    await note(desk, sessionId, 'lives in the blue house');
    await desk.tenant.api.patch(`/sessions/${sessionId}`, { externalReferences: [{ system: 'crm', id: 'blue-ref' }] });
    const exported = await desk.tenant.api.get(`/contacts/${String(contactId)}/export`);
    expect(exported.text).toContain('lives in the blue house');
    expect(exported.text).toContain('blue-ref');
    expect((await desk.tenant.api.post(`/contacts/${String(contactId)}/erase`)).status).toBe(200);
    const kept = await stage.app.sql(
      `SELECT 1 FROM communication_message WHERE tenant_id = $1 AND content::text LIKE '%blue house%'
       UNION ALL SELECT 1 FROM communication_session WHERE tenant_id = $1 AND external_references::text LIKE '%blue%'`,
      [desk.tenant.tenantId],
    );
    expect(kept).toEqual([]);
    expect((await note(desk, sessionId, 'lived in the blue house')).status).toBe(409);
  });
});

describe('a canned reply', () => {
  it('is kept, found by its shortcut, changed and removed', async () => {
    const made = await desk.tenant.api.post('/canned-replies', {
      shortcut: 'refund',
      text: 'Hello {{ contact.name }}',
    });
    expect([made.status, made.headers.get('location')]).toEqual([
      201,
      `/api/v1/communication/canned-replies/${String(made.body['id'])}`,
    ]);
    expect((await desk.tenant.api.post('/canned-replies', { shortcut: 'refund', text: 'Again' })).status).toBe(409);
    const other = await desk.tenant.api.post('/canned-replies', { shortcut: 'hours', text: 'From 9 to 5' });
    const path = `/canned-replies/${String(other.body['id'])}`;
    expect(rows((await desk.tenant.api.get('/canned-replies')).body).map(({ shortcut }) => shortcut)).toEqual([
      'hours',
      'refund',
    ]);
    expect(rows((await desk.tenant.api.get('/canned-replies?shortcut=refund')).body)).toEqual([made.body]);
    expect((await desk.tenant.api.patch(path, { shortcut: 'refund' })).status).toBe(409);
    const changed = await desk.tenant.api.patch(path, { text: 'From 8 to 4' });
    expect(changed.body).toMatchObject({ shortcut: 'hours', text: 'From 8 to 4' });
    expect((await desk.tenant.api.get(path)).body).toEqual(changed.body);
    expect((await desk.tenant.api.delete(path)).status).toBe(204);
    expect((await desk.tenant.api.get(path)).status).toBe(404);
    expect(codes(await desk.tenant.api.post('/canned-replies', { shortcut: 'x', text: '{{ broken' }))).toEqual([
      422,
      '/text',
    ]);
    expect(codes(await desk.tenant.api.post('/canned-replies', { shortcut: 'X Y', text: 'a' }))).toEqual([
      422,
      '/shortcut',
    ]);
  });

  it('is sent with what is known of the contact, and with values that are given', async () => {
    const { sessionId, contactId } = await writes(desk, 'Money back?');
    await desk.tenant.api.patch(`/contacts/${String(contactId)}`, { name: 'Ada', attributes: { plan: 'gold' } });
    const text = 'Dear {{ contact.name }} ({{ contact.attributes.plan }}): {{ amount }} EUR';
    const { body: canned } = await desk.tenant.api.post('/canned-replies', { shortcut: 'money', text });
    const missing = await reply(desk, sessionId, { cannedReplyId: canned['id'] });
    expect(codes(missing)).toEqual([422, '/variables/amount']);
    const sent = await reply(desk, sessionId, { cannedReplyId: canned['id'], variables: { amount: 5 } });
    expect(sent.status).toBe(202);
    const message = await desk.tenant.api.message(sent.body['id'], 'SENT');
    expect(message.body['content']).toMatchObject({ text: 'Dear Ada (gold): 5 EUR' });
    for (const beside of [{ content: { text: 'x' } }, { templateName: 'x' }])
      expect(codes(await reply(desk, sessionId, { cannedReplyId: canned['id'], ...beside }))).toEqual([
        422,
        '/cannedReplyId',
      ]);
    expect((await reply(desk, sessionId, { cannedReplyId: sessionId })).status).toBe(404);
  });
});

describe('a conversation that ends by itself', () => {
  it('does not end, and holds up no other, while somebody writes in it', async () => {
    const [held, other] = [await writes(desk, 'Hello?'), await writes(desk, 'Hello too', '+14155550996')];
    await age(desk, 48);
    await whileSomebodyWrites(desk, held.sessionId, async () => {
      await settings(desk, { autoCompleteHours: 24 });
      await desk.tenant.api.until(`/sessions/${other.sessionId}`, ({ body }) => body['status'] === 'COMPLETED');
    });
    expect((await looked(desk, held.sessionId))['status']).toBe('ACTIVE');
  });
});
