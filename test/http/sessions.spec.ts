import type { Answer } from '../support/api';
import type { TestTenant } from '../support/app';
import { addTwilio, openStage, twilioCalls, type Form, type Stage, type TwilioChannel } from './provider-calls';

let stage: Stage;
let tenant: TestTenant;
let sms: TwilioChannel;
let inbounds = 0;

beforeAll(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  tenant = await stage.app.tenant();
  sms = await addTwilio(tenant);
});
afterAll(() => stage.close());

const PERSON = '+14155550142';

/** A person writes; answers when the message is there. */
async function writes(text: string, form: Form = {}, at: TwilioChannel = sms): Promise<Record<string, unknown>> {
  const sid = form['MessageSid'] ?? `SM${String(++inbounds).padStart(32, '0')}`;
  const whole = {
    MessageSid: sid,
    AccountSid: at.accountSid,
    From: PERSON,
    To: at.from,
    Body: text,
    NumMedia: '0',
    ...form,
  };
  expect((await twilioCalls(stage.app, { ...at, url: at.webhookUrl }, whole)).status).toBe(200);
  const found = ({ body }: Answer) => rows(body).find(({ providerMessageId }) => providerMessageId === sid);
  return found(await tenant.api.until('/messages?status=RECEIVED', (answer) => Boolean(found(answer))))!;
}

const rows = (body: Answer['body']) => body['data'] as Record<string, unknown>[];
const send = (to: string, text: string) => tenant.api.post('/messages', { channelId: sms.id, to, content: { text } });
const sessions = async (query = '') => rows((await tenant.api.get(`/sessions${query}`)).body);

describe('a conversation', () => {
  it('is opened by whoever writes first, with a contact, and goes on with each further message', async () => {
    const first = await writes('Hello?', { ProfileName: 'Grace' });
    expect(first).toMatchObject({
      direction: 'INBOUND',
      status: 'RECEIVED',
      from: PERSON,
      to: sms.from,
      messageType: 'TEXT',
      content: { text: 'Hello?' },
      channelId: sms.id,
    });
    const second = await writes('Are you there?');
    expect(second['sessionId']).toBe(first['sessionId']);
    const [session, ...others] = await sessions();
    expect(others).toEqual([]);
    expect(session).toMatchObject({
      direction: 'INBOUND',
      status: 'ACTIVE',
      counterpart: PERSON,
      contactId: first['contactId'],
    });
    const contact = await tenant.api.get(`/contacts/${String(first['contactId'])}`);
    expect(contact.body).toMatchObject({ phone: PERSON, name: 'Grace' });
  });

  it('is answered in it, on its channel and to its address, and all of it can be read in order', async () => {
    const { sessionId } = await writes('Hello?');
    const reply = await tenant.api.post(`/sessions/${String(sessionId)}/messages`, { content: { text: 'Yes' } });
    expect(reply.status).toBe(202);
    await tenant.api.message(reply.body['id'], 'SENT');
    expect(stage.twilio.ledger.at(-1)?.body).toMatchObject({ To: PERSON, From: sms.from, Body: 'Yes' });

    await writes('Thanks');
    const { body } = await tenant.api.get(`/sessions/${String(sessionId)}/messages`);
    const said = rows(body).map(({ direction, content }) => [direction, (content as { text: string }).text]);
    expect(said).toEqual([
      ['INBOUND', 'Thanks'],
      ['OUTBOUND', 'Yes'],
      ['INBOUND', 'Hello?'],
    ]);
    const [first] = rows((await tenant.api.get(`/sessions/${String(sessionId)}/messages?limit=1`)).body);
    expect((first!['content'] as { text: string }).text).toBe('Thanks');
  });

  it('that we open is INITIATED until the other side writes', async () => {
    const sent = await send(PERSON, 'Good news');
    await tenant.api.message(sent.body['id'], 'SENT');
    const [opened] = await sessions();
    expect(opened).toMatchObject({ direction: 'OUTBOUND', status: 'INITIATED', lastInboundAt: null });
    const { sessionId } = await writes('Which?');
    expect(sessionId).toBe(opened?.['id']);
    const [active] = await sessions();
    expect(active).toMatchObject({ direction: 'OUTBOUND', status: 'ACTIVE', lastInboundAt: expect.any(String) });
  });

  it('is one for all who write to or from an address at the same moment', async () => {
    const work = [
      ...Array.from({ length: 20 }, (_, n) => send(PERSON, `out ${n}`)),
      ...Array.from({ length: 10 }, (_, n) => writes(`in ${n}`)),
    ];
    await Promise.all(work);
    expect(await sessions()).toHaveLength(1);
    expect(rows((await tenant.api.get('/contacts')).body)).toHaveLength(1);
  });

  it('keeps the order in which its messages were accepted', async () => {
    for (let n = 0; n < 8; n++) await send(PERSON, `number ${n}`);
    const { body } = await tenant.api.until('/messages?status=SENT', (answer) => rows(answer.body).length === 8);
    expect(rows(body)).toHaveLength(8);
    const bodies = stage.twilio.ledger
      .filter(({ path }) => path.includes(sms.accountSid))
      .map((entry) => entry.body['Body']);
    expect(bodies).toEqual(Array.from({ length: 8 }, (_, n) => `number ${n}`));
  });

  it('is assigned, labelled and closed; over, it takes no answer, and the next message opens another', async () => {
    const { sessionId } = await writes('Hello?');
    const path = `/sessions/${String(sessionId)}`;
    const { body: user } = await tenant.api.post('/users', { subject: 'ada' });
    const assignedTo = String(user['id']);
    await tenant.api.put(`/users/${assignedTo}/permissions`, { permissions: [{ actions: ['messages:read'] }] });
    const changed = await tenant.api.patch(path, {
      assignedTo,
      labels: ['vip'],
      subject: 'Order 7',
      status: 'PENDING',
    });
    expect(changed.body).toMatchObject({
      assignedTo,
      labels: ['vip'],
      subject: 'Order 7',
      status: 'PENDING',
      closedAt: null,
    });
    expect(
      (await sessions(`?assignedTo=${assignedTo}&status=PENDING&channelId=${sms.id}`)).map(({ id }) => id),
    ).toEqual([sessionId]);
    expect(await sessions('?status=COMPLETED')).toEqual([]);

    const closed = await tenant.api.patch(path, { status: 'COMPLETED', assignedTo: null, subject: null });
    expect(closed.body).toMatchObject({
      status: 'COMPLETED',
      assignedTo: null,
      subject: null,
      closedAt: expect.any(String),
    });
    const late = await tenant.api.post(`${path}/messages`, { content: { text: 'Late' } });
    expect([late.status, late.body['code']]).toEqual([409, 'session_closed']);

    const next = await writes('One more thing');
    expect(next['sessionId']).not.toBe(sessionId);
    const reopened = await tenant.api.patch(path, { status: 'ACTIVE' });
    expect([reopened.status, reopened.body['code']]).toEqual([409, 'session_closed']);
    await tenant.api.patch(`/sessions/${String(next['sessionId'])}`, { status: 'COMPLETED' });
    expect((await tenant.api.patch(path, { status: 'ACTIVE' })).body).toMatchObject({
      status: 'ACTIVE',
      closedAt: null,
    });
  });

  it('opens once again when many ask for it at the same moment', async () => {
    const ids = [];
    for (let n = 0; n < 4; n++) {
      const { sessionId } = await writes(`message ${n}`);
      await tenant.api.patch(`/sessions/${String(sessionId)}`, { status: 'COMPLETED' });
      ids.push(sessionId);
    }
    const answers = await Promise.all(
      ids.map((id) => tenant.api.patch(`/sessions/${String(id)}`, { status: 'ACTIVE' })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409]);
  });

  it.each([
    ['/status', { status: 'FAILED' }],
    ['/labels', { labels: ['a', 'a'] }],
    ['/assignedTo', { assignedTo: 'Ada' }],
    ['/subject', { subject: ' ' }],
    ['/counterpart', { counterpart: '+14155550100' }],
  ])('refuses a change of %s to what it cannot be', async (pointer, change) => {
    const { sessionId } = await writes('Hello?');
    const answer = await tenant.api.patch(`/sessions/${String(sessionId)}`, change);
    expect([answer.status, answer.body['errors']]).toEqual([422, [expect.objectContaining({ pointer })]]);
  });

  it('of the sandbox is answered by the recipient who answers', async () => {
    await tenant.api.post('/messages', { channelType: 'SMS', to: '+14155550007', content: { text: 'Hello' } });
    const { body } = await tenant.api.until('/messages?status=RECEIVED', (answer) => rows(answer.body).length > 0);
    expect(rows(body)[0]).toMatchObject({ direction: 'INBOUND', from: '+14155550007' });
  });
});

describe('what a person writes', () => {
  it('with files and a place comes in as such', async () => {
    const media = {
      NumMedia: '2',
      MediaUrl0: 'https://api.example.com/0',
      MediaContentType0: 'image/jpeg',
      MediaUrl1: 'https://api.example.com/1',
      MediaContentType1: 'application/pdf',
    };
    const picture = await writes('Look', media);
    expect(picture).toMatchObject({ messageType: 'IMAGE', content: { text: 'Look', media: { url: media.MediaUrl0 } } });
    const { body } = await tenant.api.get('/messages?status=RECEIVED');
    expect(rows(body).map(({ messageType }) => messageType)).toEqual(['FILE', 'IMAGE']);

    const whatsapp = await addTwilio(tenant, 'WHATSAPP');
    const place = { From: `whatsapp:${PERSON}`, Latitude: '52.5', Longitude: '13.4', Label: 'Berlin' };
    expect(await writes('', place, whatsapp)).toMatchObject({
      messageType: 'LOCATION',
      from: PERSON,
      content: { location: { latitude: 52.5, longitude: 13.4, name: 'Berlin' } },
    });
  });

  it('once is stored once, however often the provider brings it', async () => {
    const { id } = await writes('Once', { MessageSid: `SM${'7'.repeat(32)}` });
    for (let n = 0; n < 3; n++) await writes('Once', { MessageSid: `SM${'7'.repeat(32)}` });
    await tenant.api.until('/webhook-logs', ({ body }) => rows(body).every(({ status }) => status === 'PROCESSED'));
    expect(rows((await tenant.api.get('/messages')).body).map((message) => message['id'])).toEqual([id]);
  });

  it('STOP ends all messages to the address, by the person alone lifted again with START', async () => {
    await writes('Stop');
    const { body } = await tenant.api.until('/suppressions', (answer) => rows(answer.body).length > 0);
    expect(rows(body)).toMatchObject([{ channelType: 'SMS', address: PERSON, purpose: 'ALL', reason: 'OPTED_OUT' }]);

    const calls = stage.twilio.ledger.length;
    const refused = await send(PERSON, 'Still there?');
    const { body: message } = await tenant.api.message(refused.body['id'], 'SUPPRESSED');
    expect(message).toMatchObject({ attempts: 0, reason: { code: 'suppressed' } });
    expect(stage.twilio.ledger.length).toBe(calls);
    expect((await tenant.api.delete(`/suppressions/${String(rows(body)[0]?.['id'])}`)).status).toBe(409);

    await writes('START');
    await tenant.api.until('/suppressions', (answer) => rows(answer.body).length === 0);
    await tenant.api.message((await send(PERSON, 'Welcome back')).body['id'], 'SENT');
  });
});
