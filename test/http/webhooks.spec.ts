import { ParkedEvents } from '../../src/messages/events/parked-events';
import type { TestTenant } from '../support/app';
import { tenantHash } from '../support/tenant-hash';
import {
  addSendgrid,
  addTwilio,
  eventOf,
  openStage,
  PUBLIC_URL,
  sendgridCalls,
  statusOf,
  twilioCalls,
  writesOnWhatsapp,
  type SendgridChannel,
  type Stage,
  type TwilioChannel,
} from './provider-calls';
import { fileForm } from './tenant-things';

let stage: Stage;
let tenant: TestTenant;
let mail: SendgridChannel;
let sms: TwilioChannel;
let whatsapp: TwilioChannel;

beforeAll(async () => {
  stage = await openStage();
  tenant = await stage.app.tenant({ bare: true });
  mail = await addSendgrid(tenant);
  sms = await addTwilio(tenant);
  whatsapp = await addTwilio(tenant, 'WHATSAPP');
  await writesOnWhatsapp(stage.app, whatsapp, '+14155550100');
  await tenant.api.until('/messages?status=RECEIVED', ({ body }) => (body['data'] as object[]).length > 0);
});
afterAll(() => stage.close());

async function send(channel: { id: string }, body: object): Promise<string> {
  const to = channel === mail ? 'ada@example.com' : '+14155550100';
  const answer = await tenant.api.post('/messages', { channelId: channel.id, to, ...body });
  if (answer.status !== 202) throw new Error(answer.text);
  return String(answer.body['id']);
}

/** The request with which the provider took the message. */
function requestOf(id: string) {
  const sent = [...stage.sendgrid.ledger, ...stage.twilio.ledger].find((entry) =>
    JSON.stringify(entry.body).includes(id),
  );
  if (!sent) throw new Error('The provider never saw this message');
  expect(sent.violations).toEqual([]);
  return sent;
}

async function sent(channel: { id: string }, body: object) {
  const id = await send(channel, body);
  await tenant.api.message(id, 'SENT');
  return { id, request: requestOf(id) };
}

const timelineOf = async (id: string) =>
  ((await tenant.api.get(`/messages/${id}`)).body['timeline'] as { type: string }[]).map(({ type }) => type);

const says = { content: { subject: 'Hi', text: 'Hello' } };

/** Every call that was taken in is processed. */
const atRest = () =>
  tenant.api.until('/webhook-logs?limit=200', ({ body }) =>
    (body['data'] as { status: string }[]).every(({ status }) => status !== 'PENDING'),
  );

describe('sending', () => {
  it('writes an e-mail as text, as HTML with text beside it, and with a file, as SendGrid describes it', async () => {
    const form = fileForm('price list.txt', 'one, two');
    const attachmentId = (await tenant.api.post('/attachments', form.body, form.headers)).body['id'];
    const text = await sent(mail, says);
    const html = await sent(mail, { content: { subject: 'Hi', text: 'Hello', html: '<p>Hello</p>' } });
    const file = await sent(mail, { ...says, attachments: [{ attachmentId }] });
    expect(text.request.body).toMatchObject({
      from: { email: 'hello@example.com' },
      subject: 'Hi',
      content: [{ type: 'text/plain', value: 'Hello' }],
      personalizations: [{ to: [{ email: 'ada@example.com' }], custom_args: { carillon_ref: `${text.id}.1` } }],
    });
    expect(html.request.body['content']).toEqual([
      { type: 'text/plain', value: 'Hello' },
      { type: 'text/html', value: '<p>Hello</p>' },
    ]);
    const content = Buffer.from('one, two').toString('base64');
    expect(file.request.body['attachments']).toMatchObject([
      { filename: 'price list.txt', type: 'text/plain', content },
    ]);
  });

  it('writes an SMS, a picture and a place, as Twilio describes them, each with its own address for the answer', async () => {
    const picture = { url: 'https://example.com/a.png', contentType: 'image/png', caption: 'Look' };
    const place = { latitude: 52.5, longitude: 13.4, name: 'Berlin' };
    const text = await sent(sms, { content: { text: 'Hello' } });
    const image = await sent(sms, { messageType: 'IMAGE', content: { media: picture } });
    const location = await sent(whatsapp, { messageType: 'LOCATION', content: { location: place } });
    expect(text.request.path).toBe(`/2010-04-01/Accounts/${sms.accountSid}/Messages.json`);
    expect(text.request.body).toMatchObject({ To: '+14155550100', From: sms.from, Body: 'Hello' });
    expect(text.request.body['StatusCallback']).toBe(`${sms.webhookUrl}?r=${text.id}.1#rc=5&rp=all&tt=15000`);
    expect(image.request.body).toMatchObject({ MediaUrl: picture.url, Body: 'Look' });
    expect(location.request.body).toMatchObject({
      To: 'whatsapp:+14155550100',
      PersistentAction: 'geo:52.5,13.4|Berlin',
    });
  });

  it('shows a permanent refusal of the provider as FAILED with its reason', async () => {
    stage.twilio.script({ status: 400, body: { code: 21614, message: 'not a mobile number', status: 400 } });
    const id = await send(sms, { content: { text: 'Hello' } });
    const { body } = await tenant.api.message(id, 'FAILED');
    expect(body).toMatchObject({ attempts: 1, reason: { code: 'invalid_recipient', detail: expect.any(String) } });
  });
});

describe('what providers report', () => {
  it('leads an SMS to DELIVERED, a WhatsApp message to READ, and another to FAILED with the reason', async () => {
    const text = await sent(sms, { content: { text: 'Hello' } });
    for (const word of ['sent', 'delivered']) {
      const { url, form } = statusOf(text.request, word);
      expect(await twilioCalls(stage.app, { ...sms, url }, form)).toEqual({ status: 200, text: '<Response/>' });
    }
    const { body } = await tenant.api.message(text.id, 'DELIVERED');
    expect(body).toMatchObject({
      attempts: 1,
      providerMessageId: text.request.messageId,
      deliveredAt: expect.any(String),
    });
    expect(await timelineOf(text.id)).toEqual(['ACCEPTED', 'DISPATCHED', 'SENT', 'SENT', 'DELIVERED']);

    const chat = await sent(whatsapp, { content: { text: 'Hello' } });
    const read = statusOf(chat.request, 'read');
    await twilioCalls(stage.app, { ...whatsapp, url: read.url }, read.form);
    expect((await tenant.api.message(chat.id, 'READ')).body).toMatchObject({ readAt: expect.any(String) });

    const lost = await sent(sms, { content: { text: 'Hello' } });
    const failed = statusOf(lost.request, 'undelivered', { ErrorCode: '30003' });
    await twilioCalls(stage.app, { ...sms, url: failed.url }, failed.form);
    expect((await tenant.api.message(lost.id, 'FAILED')).body).toMatchObject({
      reason: { code: 'unreachable' },
      failedAt: expect.any(String),
    });
  });

  it('leads an e-mail to DELIVERED, notes who opened and clicked, and lets a late bounce win', async () => {
    const { id, request } = await sent(mail, says);
    const target = { ...mail, url: mail.webhookUrl };
    const [now] = [Math.floor(Date.now() / 1000)];
    const batch = [
      eventOf(request, 'delivered', { timestamp: now }),
      eventOf(request, 'open', { timestamp: now + 1 }),
      eventOf(request, 'click', { timestamp: now + 2, url: 'https://example.com' }),
      { event: 'something new', timestamp: now },
    ];
    expect((await sendgridCalls(stage.app, target, batch)).status).toBe(200);
    await tenant.api.message(id, 'DELIVERED');
    expect(await timelineOf(id)).toEqual(expect.arrayContaining(['DELIVERED', 'OPENED', 'CLICKED']));

    const bounce = { type: 'bounce', reason: '550 no such user', status: '5.1.1', timestamp: now + 60 };
    await sendgridCalls(stage.app, target, [eventOf(request, 'bounce', bounce)]);
    const { body } = await tenant.api.message(id, 'FAILED');
    expect(body['reason']).toMatchObject({
      code: 'invalid_recipient',
      detail: expect.stringContaining('no such user'),
    });
    const suppressed = await tenant.api.get('/suppressions?channelType=EMAIL&address=ada@example.com');
    expect(suppressed.body['data']).toMatchObject([{ reason: 'HARD_BOUNCED', messageId: id }]);
    await tenant.api.delete(`/suppressions/${(suppressed.body['data'] as { id: string }[])[0]?.id}`);
  });

  it('is not lost when it comes before the answer of the provider', async () => {
    stage.onAccepted(async (entry) => {
      const { url, form } = statusOf(entry, 'delivered');
      expect((await twilioCalls(stage.app, { ...sms, url }, form)).status).toBe(200);
      await atRest(); // the event is in force while the call is still open
    });
    const id = await send(sms, { content: { text: 'early' } });
    const { body } = await tenant.api.until(`/messages/${id}`, (answer) => answer.body['providerMessageId'] !== null);
    expect(body).toMatchObject({ status: 'DELIVERED', attempts: 1, providerMessageId: requestOf(id).messageId });
  });

  it('waits when only the provider knows the message yet, and finds it by the id of the provider', async () => {
    stage.onAccepted(async (entry) => {
      const { form } = statusOf(entry, 'delivered');
      expect((await twilioCalls(stage.app, { ...sms, url: sms.webhookUrl }, form)).status).toBe(200);
      await atRest();
    });
    const id = await send(sms, { content: { text: 'parked' } });
    await tenant.api.message(id, 'SENT', 'DELIVERED');
    await stage.app.runtime.app.get(ParkedEvents).match();
    await tenant.api.message(id, 'DELIVERED');
  });

  it('has one effect in forty-six copies out of order, and none more when the calls are replayed', async () => {
    const { id, request } = await sent(mail, says);
    const target = { ...mail, url: mail.webhookUrl };
    const story = ['processed', 'delivered', 'open'].map((event, n) =>
      eventOf(request, event, { timestamp: Math.floor(Date.now() / 1000) + n }),
    );
    const copies = Array.from({ length: 46 }, (_, n) => [story[(n * 7) % 3]!, story[(n * 5 + 1) % 3]!]);
    for (const batch of copies) expect((await sendgridCalls(stage.app, target, batch)).status).toBe(200);
    await atRest();
    const told = await tenant.api.get(`/messages/${id}`);
    expect(told.body['status']).toBe('DELIVERED');
    expect((await timelineOf(id)).toSorted()).toEqual([
      'ACCEPTED',
      'DELIVERED',
      'DISPATCHED',
      'OPENED',
      'SENT',
      'SENT',
    ]);

    const before = await hashOf('communication_message', 'message_event', 'consent_event', 'suppression');
    const { body } = await tenant.api.get('/webhook-logs?limit=200');
    for (const call of body['data'] as { id: string }[])
      expect((await tenant.api.post(`/webhook-logs/${call.id}/replay`)).status).toBe(202);
    await atRest();
    expect(await hashOf('communication_message', 'message_event', 'consent_event', 'suppression')).toEqual(before);
    expect((await tenant.api.get(`/messages/${id}`)).body).toEqual(told.body);
  });

  it('finds its channel without a key in the address, by the account or the channel that the call names', async () => {
    const text = await sent(sms, { content: { text: 'Hello' } });
    const { form } = statusOf(text.request, 'delivered', { AccountSid: sms.accountSid });
    const url = `${PUBLIC_URL}/api/v1/communication/webhooks/twilio`;
    expect((await twilioCalls(stage.app, { ...sms, url }, form)).status).toBe(200);
    await tenant.api.message(text.id, 'DELIVERED');

    const letter = await sent(mail, says);
    const events = [eventOf(letter.request, 'delivered')];
    const mailUrl = `${PUBLIC_URL}/api/v1/communication/webhooks/sendgrid`;
    expect((await sendgridCalls(stage.app, { ...mail, url: mailUrl }, events)).status).toBe(200);
    await tenant.api.message(letter.id, 'DELIVERED');
  });

  it('about messages that nobody knows is kept and moves nothing', async () => {
    const known = await sent(sms, { content: { text: 'Hello' } });
    await atRest();
    const before = await hashOf('communication_message');
    const form = { MessageSid: `SM${'0'.repeat(32)}`, MessageStatus: 'delivered' };
    for (const url of [
      sms.webhookUrl,
      `${sms.webhookUrl}?r=00000000-0000-7000-8000-000000000000.1`,
      `${sms.webhookUrl}?r='`,
    ])
      expect((await twilioCalls(stage.app, { ...sms, url }, { ...form, N: url })).status).toBe(200);
    await atRest();
    expect(await hashOf('communication_message')).toEqual(before);
    expect((await tenant.api.get(`/messages/${known.id}`)).body['status']).toBe('SENT');
  });
});

async function hashOf(...tables: string[]): Promise<Record<string, string | undefined>> {
  const all = await tenantHash((text, values) => stage.app.sql(text, values), tenant.tenantId);
  return Object.fromEntries(tables.map((table) => [table, all[table]]));
}
