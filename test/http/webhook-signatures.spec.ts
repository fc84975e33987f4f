import { signSandbox, signSendgrid, signTwilio } from '../support/sign';
import type { TestTenant } from '../support/app';
import { tenantHash } from '../support/tenant-hash';
import {
  addSendgrid,
  addTwilio,
  deliver,
  openStage,
  PUBLIC_URL,
  sendgridCalls,
  statusOf,
  twilioCalls,
  type SendgridChannel,
  type Stage,
  type TwilioChannel,
} from './provider-calls';

/** Whatever a stranger can sign or leave out: the same 401, and not one row changes. */
let stage: Stage;
let tenant: TestTenant;
let other: TestTenant;
let sms: TwilioChannel;
let theirSms: TwilioChannel;
let mail: SendgridChannel;
let theirMail: SendgridChannel;
let report: { url: string; form: Record<string, string> };

beforeAll(async () => {
  stage = await openStage();
  [tenant, other] = [await stage.app.tenant({ bare: true }), await stage.app.tenant({ bare: true })];
  [sms, theirSms] = [await addTwilio(tenant), await addTwilio(other)];
  [mail, theirMail] = [await addSendgrid(tenant), await addSendgrid(other)];
  const answer = await tenant.api.post('/messages', {
    channelId: sms.id,
    to: '+14155550100',
    content: { text: 'Hello' },
  });
  await tenant.api.message(answer.body['id'], 'SENT');
  report = statusOf(stage.twilio.ledger[0]!, 'delivered', { AccountSid: sms.accountSid });
});
afterAll(() => stage.close());

const hash = async () => [
  await tenantHash((text, values) => stage.app.sql(text, values), tenant.tenantId),
  await tenantHash((text, values) => stage.app.sql(text, values), other.tenantId),
];

/** The status, after making sure that nothing was stored and the answer tells nothing. */
async function expectRefused(call: () => Promise<{ status: number; text: string }>): Promise<string> {
  const before = await hash();
  const { status, text } = await call();
  expect(await hash()).toEqual(before);
  expect(status).toBe(401);
  const { traceId, instance, ...problem } = JSON.parse(text);
  expect([traceId, instance]).toEqual([expect.any(String), expect.any(String)]);
  return JSON.stringify(problem);
}

const bare = () => report.url.split('#')[0]!;
const withForm = (form: Record<string, string>, headers: Record<string, string>, url = report.url) =>
  twilioCalls(stage.app, { ...sms, url }, form, headers);

describe('a call in the name of Twilio', () => {
  const signed = (token: string, url = bare(), form = report.form) => ({
    'x-twilio-signature': signTwilio(token, url, form),
  });

  it.each<[string, () => Promise<{ status: number; text: string }>]>([
    ['unsigned', () => withForm(report.form, {})],
    ['with an empty signature', () => withForm(report.form, { 'x-twilio-signature': '' })],
    ['with a signature of garbage', () => withForm(report.form, { 'x-twilio-signature': 'aGVsbG8=' })],
    ['signed with the token of another tenant', () => withForm(report.form, signed(theirSms.authToken))],
    ['signed with no token', () => withForm(report.form, signed(''))],
    ['changed after it was signed', () => withForm({ ...report.form, MessageStatus: 'failed' }, signed(sms.authToken))],
    ['with a field more than was signed', () => withForm({ ...report.form, ErrorCode: '1' }, signed(sms.authToken))],
    ['for another address than was signed', () => withForm(report.form, signed(sms.authToken, `${bare()}x`))],
    ['for the address of another tenant', () => withForm(report.form, signed(sms.authToken), theirSms.webhookUrl)],
    [
      'with the ref of its address changed',
      () => withForm(report.form, signed(sms.authToken), bare().replace('.1', '.2')),
    ],
    [
      'with a hash of the body in place of the fields',
      () => withForm(report.form, signed(sms.authToken, `${bare()}&bodySHA256=00`, {}), `${bare()}&bodySHA256=00`),
    ],
  ])('%s is refused', async (_, call) => {
    await expectRefused(call);
  });

  it('is refused by the account too, whoever signed it', async () => {
    const url = `${PUBLIC_URL}/api/v1/communication/webhooks/twilio`;
    await expectRefused(() => withForm(report.form, signed(theirSms.authToken, url), url));
    await expectRefused(() => withForm(report.form, {}, url));
    const foreign = { ...report.form, AccountSid: theirSms.accountSid };
    await expectRefused(() => withForm(foreign, signed(sms.authToken, url, foreign), url));
    const nobody = { ...report.form, AccountSid: `AC${'0'.repeat(32)}` };
    await expectRefused(() => withForm(nobody, signed(sms.authToken, url, nobody), url));
    await expectRefused(() => withForm({}, signed(sms.authToken, url, {}), url));
  });

  it('moves no message of another tenant that has the same account, though it is rightly signed', async () => {
    const { accountSid, authToken } = sms;
    const twin = await addTwilio(other, 'SMS', { accountSid, authToken });
    const { form } = report;
    const url = `${twin.webhookUrl}?r=${new URL(report.url).searchParams.get('r')}`;
    const before = await tenantHash((text, values) => stage.app.sql(text, values), tenant.tenantId);
    expect((await twilioCalls(stage.app, { ...twin, url }, form)).status).toBe(200);
    await other.api.until(
      '/webhook-logs',
      ({ body }) => (body['data'] as { status: string }[])[0]?.status === 'PROCESSED',
    );
    expect(await tenantHash((text, values) => stage.app.sql(text, values), tenant.tenantId)).toEqual(before);
    await other.api.delete(`/channels/${twin.id}`);
  });

  it('is told the same about a channel that does not exist, is deleted, or has a wrong signature', async () => {
    const gone = await addTwilio(tenant);
    await tenant.api.delete(`/channels/${gone.id}`);
    const nowhere = `${PUBLIC_URL}/api/v1/communication/webhooks/twilio/${'x'.repeat(27)}`;
    const elsewhere = mail.webhookUrl.replace('/sendgrid/', '/twilio/');
    const told = [
      await expectRefused(() => withForm(report.form, signed('a'.repeat(32)))),
      await expectRefused(() => withForm(report.form, signed(sms.authToken, nowhere), nowhere)),
      await expectRefused(() => withForm(report.form, signed(gone.authToken, gone.webhookUrl), gone.webhookUrl)),
      await expectRefused(() => withForm(report.form, signed(sms.authToken, elsewhere), elsewhere)),
    ];
    expect(new Set(told).size).toBe(1);
  });
});

describe('a call in the name of SendGrid', () => {
  const raw = JSON.stringify([{ event: 'delivered', email: 'ada@example.com', timestamp: 1, sg_event_id: 'e' }]);
  const now = () => Math.floor(Date.now() / 1000);
  const call = (headers: Record<string, string>, body = raw, url = mail.webhookUrl) =>
    deliver(stage.app, url, body, { 'content-type': 'application/json', ...headers });

  it.each<[string, () => Promise<{ status: number; text: string }>]>([
    ['unsigned', () => call({})],
    ['signed by another tenant', () => call(signSendgrid(theirMail.privateKey, now(), raw))],
    ['changed after it was signed', () => call(signSendgrid(mail.privateKey, now(), raw), raw.replace('ada', 'eve'))],
    ['signed a month ago', () => call(signSendgrid(mail.privateKey, now() - 30 * 86_400, raw))],
    ['signed in the future', () => call(signSendgrid(mail.privateKey, now() + 3_600, raw))],
    [
      'for the address of another tenant',
      () => call(signSendgrid(mail.privateKey, now(), raw), raw, theirMail.webhookUrl),
    ],
    [
      'with another time than was signed',
      () =>
        call({
          ...signSendgrid(mail.privateKey, now(), raw),
          'x-twilio-email-event-webhook-timestamp': String(now() - 60),
        }),
    ],
    [
      'without its time',
      () => {
        const { 'x-twilio-email-event-webhook-signature': signature } = signSendgrid(mail.privateKey, now(), raw);
        return call({ 'x-twilio-email-event-webhook-signature': signature ?? '' });
      },
    ],
  ])('%s is refused', async (_, work) => {
    await expectRefused(work);
  });

  it('is refused where the channel has no key to check it with', async () => {
    const created = await tenant.api.post('/channels', {
      name: 'No key',
      channelType: 'EMAIL',
      providerType: 'sendgrid',
      from: 'hello@example.com',
      credentials: { apiKey: `SG.${'a'.repeat(30)}` },
    });
    const url = String(created.body['webhookUrl']);
    await expectRefused(() => sendgridCalls(stage.app, { url, privateKey: mail.privateKey }, []));
  });
});

describe('a call to the webhooks', () => {
  it('of a provider that does not exist is 404, of the sandbox 401 without the secret of this process', async () => {
    const at = (path: string) => `${PUBLIC_URL}/api/v1/communication/webhooks/${path}`;
    expect((await deliver(stage.app, at('carrier-pigeon'), '{}', {})).status).toBe(404);
    expect((await deliver(stage.app, at('constructor/x'), '{}', {})).status).toBe(404);
    const sandboxed = await stage.app.tenant();
    const { body } = await sandboxed.api.get('/channels?channelType=SMS');
    const [channel] = body['data'] as { id: string; webhookUrl: string }[];
    const events = JSON.stringify({ events: [] });
    await expectRefused(() => deliver(stage.app, channel!.webhookUrl, events, {}));
    await expectRefused(() =>
      deliver(stage.app, channel!.webhookUrl, events, { 'x-sandbox-signature': signSandbox(channel!.id, events) }),
    );
  });

  it('that is rightly signed and makes no sense is stored, acknowledged, and changes nothing else', async () => {
    const messages = async () => (await hash()).map(({ communication_message: rows }) => rows);
    const before = await messages();
    const nonsense = { Hello: 'world' };
    expect((await twilioCalls(stage.app, { ...sms, url: sms.webhookUrl }, nonsense)).status).toBe(200);
    for (const events of ['{}', 'null', '"x"', '[null, 1, "x", {"event": {}}]', '{broken'])
      expect(
        (
          await deliver(stage.app, mail.webhookUrl, events, {
            'content-type': 'application/json',
            ...signSendgrid(mail.privateKey, Math.floor(Date.now() / 1000), events),
          })
        ).status,
      ).toBe(200);
    const { body } = await tenant.api.until('/webhook-logs', (answer) =>
      (answer.body['data'] as { attempts: number }[]).every(({ attempts }) => attempts > 0),
    );
    expect((body['data'] as unknown[]).length).toBeGreaterThanOrEqual(6);
    expect(await messages()).toEqual(before);
  });
});
