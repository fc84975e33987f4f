import { createHmac, randomInt, randomUUID } from 'node:crypto';
import { InboundMessages } from '../../src/messages/events/inbound';
import { EventPolls } from '../../src/webhooks/event-polls';
import { KITS } from '../providers/kits';
import type { TestApp, TestTenant } from '../support/app';
import { addChannel, atRest, openInflowStage, received, rows, type Channel, type InflowStage } from './inflow-stage';
import { deliver, PUBLIC_URL } from './provider-calls';

let stage: InflowStage;
let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  stage = await openInflowStage(['mailgun', 'vonage', 'whatsapp']);
  app = stage.app;
});
beforeEach(async () => {
  stage.special.clear();
  tenant = await app.tenant({ bare: true });
});
afterAll(() => stage.close());

describe('a Mailgun channel', () => {
  it('learns by asking of a delivery that Mailgun told in vain, once, and forgets nothing between two polls', async () => {
    const channel = await addChannel(tenant, 'mailgun');
    const sent = await tenant.api.post('/messages', {
      channelId: channel.id,
      to: 'ada@example.com',
      content: { subject: 'Hello', text: 'Hello Ada' },
    });
    const id = String(sent.body['id']);
    await tenant.api.message(id, 'SENT');
    const mail = stage.servers['mailgun']!.ledger.find(({ body }) => JSON.stringify(body).includes(id))!;
    const variables = Object.fromEntries(
      Object.entries(mail.body).flatMap(([name, value]) => (name.startsWith('v:') ? [[name.slice(2), value]] : [])),
    );
    const event = {
      event: 'delivered',
      id: 'W3X4JOhFT-OZidZGKKr9iA',
      timestamp: Date.now() / 1000,
      recipient: 'ada@example.com',
      'user-variables': variables,
      message: { headers: { 'message-id': mail.messageId } },
    };
    stage.special.set('/events', { body: { items: [event], paging: {} } });
    const poll = async () => {
      await app.sql(`UPDATE channel_state SET poll_due_at = now() WHERE channel_id = $1`, [channel.id]);
      await app.runtime.app.get(EventPolls).pollDue();
    };
    await poll();
    await tenant.api.message(id, 'DELIVERED');
    await poll();
    const { body } = await tenant.api.get(`/messages/${id}`);
    expect((body['timeline'] as { type: string }[]).filter(({ type }) => type === 'DELIVERED')).toHaveLength(1);
    const [state] = await app.sql<{ polled: boolean }>(
      `SELECT polled_until IS NOT NULL AS polled FROM channel_state WHERE channel_id = $1`,
      [channel.id],
    );
    expect(state).toEqual({ polled: true });
  });

  it('believes a signed token once: another body under it is acknowledged and changes nothing', async () => {
    const channel = await addChannel(tenant, 'mailgun');
    const inbound = (text: string) =>
      new URLSearchParams({
        recipient: 'news@mg.acme.example',
        sender: 'ada@example.com',
        'body-plain': text,
        subject: 'Hi',
      });
    const call = async (text: string) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const unsigned = {
        url: channel.webhookUrl,
        headers,
        rawBody: Buffer.from(inbound(text).toString()),
        receivedAt: new Date(),
      };
      const { rawBody = unsigned.rawBody } = KITS['mailgun']!.sign!(unsigned, 'provider');
      return (await deliver(app, channel.webhookUrl, rawBody.toString(), headers)).status;
    };
    expect([await call('from Ada'), await call('forged'), await call('from Ada')]).toEqual([200, 200, 200]);
    await atRest(tenant);
    expect((await received(tenant)).map(({ content }) => content)).toMatchObject([{ text: 'from Ada' }]);
    expect(rows((await tenant.api.get('/webhook-logs')).body)).toHaveLength(1);
  });
});

describe('WhatsApp', () => {
  it('gives each tenant its own part of a call that names the numbers of two, and no part to a third', async () => {
    const other = await app.tenant({ bare: true });
    const third = await app.tenant({ bare: true });
    const credentials = KITS['whatsapp']!.credentials;
    const mine = String(randomInt(1e14));
    const theirs = String(randomInt(1e14));
    await addChannel(tenant, 'whatsapp', { credentials: { ...credentials, phoneNumberId: mine } });
    await addChannel(other, 'whatsapp', { credentials: { ...credentials, phoneNumberId: theirs } });
    await addChannel(third, 'whatsapp', { credentials: { ...credentials, phoneNumberId: String(randomInt(1e14)) } });
    const change = (phoneNumberId: string, text: string) => ({
      field: 'messages',
      value: {
        messaging_product: 'whatsapp',
        metadata: { display_phone_number: '15550783881', phone_number_id: phoneNumberId },
        contacts: [{ profile: { name: 'Ada' }, wa_id: '14155550142' }],
        messages: [
          {
            from: '14155550142',
            id: `wamid.${randomUUID()}`,
            timestamp: '1795255200',
            type: 'text',
            text: { body: text },
          },
        ],
      },
    });
    const body = JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [{ id: '1', changes: [change(mine, 'to you'), change(theirs, 'to them')] }],
    });
    const signature = createHmac('sha256', String(credentials['appSecret'])).update(body).digest('hex');
    const url = `${PUBLIC_URL}/api/v1/communication/webhooks/whatsapp`;
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` };
    expect((await deliver(app, url, body, headers)).status).toBe(200);
    expect((await received(tenant)).map(({ content }) => content)).toEqual([{ text: 'to you' }]);
    expect((await received(other)).map(({ content }) => content)).toEqual([{ text: 'to them' }]);
    await atRest(tenant);
    expect(rows((await third.api.get('/messages')).body)).toEqual([]);
    expect((await deliver(app, url, body, { ...headers, 'x-hub-signature-256': 'sha256=00' })).status).toBe(401);
  });
});

describe('Vonage', () => {
  const credentials = () => KITS['vonage']!.credentials;

  /** One part of a text, signed as the account signs. */
  async function part(
    channel: Channel,
    index: number,
    text: string,
    { reference, total } = { reference: 'r1', total: 3 },
  ): Promise<void> {
    const fields = {
      msisdn: '14155550142',
      to: '15005550006',
      messageId: randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase(),
      text,
      type: 'text',
      keyword: text.split(' ')[0]?.toUpperCase() ?? '',
      'api-key': String(credentials()['apiKey']),
      'message-timestamp': '2026-11-21 10:00:00',
      concat: 'true',
      'concat-ref': reference,
      'concat-total': String(total),
      'concat-part': String(index),
    };
    const unsigned = {
      url: channel.webhookUrl,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      rawBody: Buffer.from(new URLSearchParams(fields).toString()),
      receivedAt: new Date(),
    };
    const { headers, rawBody = unsigned.rawBody, url = unsigned.url } = KITS['vonage']!.sign!(unsigned, 'provider');
    const answer = await deliver(app, url, rawBody.toString(), { ...unsigned.headers, ...headers });
    if (answer.status >= 300) throw new Error(answer.text);
  }

  it('parts of a long text become one message, in whatever order and however often they come', async () => {
    const channel = await addChannel(tenant, 'vonage');
    await part(channel, 3, 'time.');
    await part(channel, 1, 'Once upon ');
    await atRest(tenant);
    expect(rows((await tenant.api.get('/messages')).body)).toEqual([]);
    await part(channel, 2, 'a ');
    expect((await received(tenant)).map(({ content }) => content)).toEqual([{ text: 'Once upon a time.' }]);
    const other = { reference: 'r2', total: 2 };
    await part(channel, 1, 'Again ', other);
    await part(channel, 2, 'and again', other);
    expect((await received(tenant, 2)).map(({ content }) => content)).toContainEqual({ text: 'Again and again' });
  });

  it('a text of which a part never comes is shown as it is after a while', async () => {
    const channel = await addChannel(tenant, 'vonage');
    await part(channel, 1, 'Once ');
    await part(channel, 3, 'time.');
    await atRest(tenant);
    const joinLate = () => app.runtime.app.get(InboundMessages).joinLate();
    expect(await joinLate()).toBe(0);
    await app.sql(`UPDATE inbound_part SET received_at = now() - interval '16 minutes'`);
    expect(await joinLate()).toBe(1);
    expect((await received(tenant)).map(({ content }) => content)).toEqual([{ text: 'Once […]time.' }]);
    expect(await joinLate()).toBe(0);
  });
});
