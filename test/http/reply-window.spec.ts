import type { TestTenant } from '../support/app';
import { addTwilio, openStage, writesOnWhatsapp, type Stage, type TwilioChannel } from './provider-calls';

const PERSON = '+14155550142';

let stage: Stage;
let tenant: TestTenant;
let channel: TwilioChannel;

beforeAll(async () => {
  stage = await openStage();
});
beforeEach(async () => {
  tenant = await stage.app.tenant({ bare: true });
  channel = await addTwilio(tenant, 'WHATSAPP');
});
afterAll(() => stage.close());

const send = (body: object = { content: { text: 'Hello' } }) =>
  tenant.api.post('/messages', { channelId: channel.id, to: PERSON, ...body });

async function personWrites(): Promise<void> {
  await writesOnWhatsapp(stage.app, channel, PERSON);
  await tenant.api.until('/messages?status=RECEIVED', ({ body }) => (body['data'] as object[]).length > 0);
}

/** The last word of the person lies so long back. */
const moveBack = (hours: number) =>
  stage.app.sql(`UPDATE communication_session SET last_inbound_at = now() - make_interval(hours => ${hours})`);

describe('free messages on WhatsApp', () => {
  it('are refused to people who never wrote, with the way out named, and nothing is stored', async () => {
    const answer = await send();
    expect(answer).toMatchObject({ status: 409, body: { code: 'reply_window_closed' } });
    expect(answer.body['detail']).toContain('24 hours');
    expect(answer.body['detail']).toContain('template');
    expect((await tenant.api.get('/messages')).body['data']).toEqual([]);
  });

  it('go out within 24 hours after the person wrote, and not later', async () => {
    await personWrites();
    await moveBack(23);
    const inTime = await send();
    await tenant.api.message(inTime.body['id'], 'SENT');
    await moveBack(25);
    expect((await send()).status).toBe(409);
  });

  it('are not let out by the word of another person or on another channel', async () => {
    await writesOnWhatsapp(stage.app, channel, '+14155550199');
    await tenant.api.until('/messages?status=RECEIVED', ({ body }) => (body['data'] as object[]).length > 0);
    expect((await send()).status).toBe(409);
    channel = await addTwilio(tenant, 'WHATSAPP');
    expect((await send({ to: '+14155550199', content: { text: 'Hello' } })).status).toBe(409);
  });

  it('fail without a call when the window closed while they waited, and say why', async () => {
    await personWrites();
    const scheduledAt = new Date(Date.now() + 1_500).toISOString();
    const planned = await send({ content: { text: 'Hello' }, scheduledAt });
    await moveBack(25);
    const calls = stage.twilio.ledger.length;
    const { body } = await tenant.api.message(planned.body['id'], 'FAILED');
    expect(body).toMatchObject({ attempts: 0, reason: { code: 'window_closed' } });
    expect(stage.twilio.ledger.length).toBe(calls);
  });

  it('give way to a template that the provider keeps, which goes out at any time', async () => {
    const template = await tenant.api.post('/templates', {
      name: 'order update',
      channelType: 'WHATSAPP',
      language: 'en',
      providerTemplateName: `HX${'0'.repeat(32)}`,
      variables: [{ name: '1' }],
    });
    const sent = await send({ templateId: template.body['id'], variables: { 1: 'Ada' } });
    expect(sent.status).toBe(202);
    await tenant.api.message(sent.body['id'], 'SENT');
  });
});
