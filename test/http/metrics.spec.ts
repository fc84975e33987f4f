import { Figures } from '../../src/health/figures';
import { TrackTokens } from '../../src/messages/tracking/track-tokens';
import { sendgridMails } from '../providers/batch-mails';
import { startDescribedServer, type DescribedServer } from '../providers/described-server';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { sendgridKeys } from '../support/sign';
import { eventOf, PUBLIC_URL, sendgridCalls } from './provider-calls';

let app: TestApp;
let tenant: TestTenant;
let sendgrid: DescribedServer;
let channel: { id: string; webhookUrl: string };

const keys = sendgridKeys();
const credentials = { apiKey: 'SG.figures.0000000000', webhookPublicKey: keys.publicKey };

beforeAll(async () => {
  sendgrid = await startDescribedServer({ description: 'sendgrid' });
  app = await startApp({ PUBLIC_URL, PROVIDER_URL_SENDGRID: sendgrid.url });
  tenant = await app.tenant();
  const from = 'shop@acme.example';
  const made = { name: 'News', channelType: 'EMAIL', providerType: 'sendgrid', from, credentials };
  const { body, text } = await tenant.api.post('/channels', made);
  if (!body['id']) throw new Error(text);
  channel = { id: body['id'] as string, webhookUrl: String(body['webhookUrl']) };
});
afterAll(async () => {
  await app.close();
  await sendgrid.close();
});

/** The value of a series; 0 where there is none yet. Labels in any order. */
const scrape = async () => {
  const answer = await fetch(`${app.url}/metrics`);
  const lines = (await answer.text()).split('\n').filter((line) => line && !line.startsWith('#'));
  const series = new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
  return {
    text: lines.join('\n'),
    of: (name: string, labels: Record<string, string> = {}): number => {
      const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
      const found = [...series].find(([key]) => {
        const [, family, of = ''] = /^([^{]+)(?:\{(.*)\})?$/.exec(key) ?? [];
        return (
          family === name &&
          wanted.length === (of === '' ? 0 : of.split('",').length) &&
          wanted.every((each) => of.includes(each))
        );
      });
      return found?.[1] ?? 0;
    },
  };
};

describe('the figures of a process', () => {
  it('tell what was accepted, dispatched, settled, reported and spent, and how things stand', async () => {
    const before = await scrape();
    const grown = async (name: string, labels: Record<string, string> = {}) =>
      (await scrape()).of(name, labels) - before.of(name, labels);
    const send = async (message: object) => {
      const { status, body, text } = await tenant.api.post('/messages', message);
      if (status !== 202) throw new Error(text);
      return String(body['id']);
    };

    // One e-mail over SendGrid, two texts over the sandbox, of which one is refused and one is told to be of a cost.
    const content = { subject: 'Hi', text: 'Hello' };
    const mailed = await send({ channelId: channel.id, to: 'ada@example.com', content });
    const texted = await send({ channelType: 'SMS', to: '+14155550101', content: { text: 'Hello' }, lane: 'otp' });
    const failed = await send({ channelType: 'EMAIL', to: 'ada+fail-permanent@example.com', content });
    await tenant.api.message(mailed, 'SENT');
    await tenant.api.message(texted, 'DELIVERED');
    await tenant.api.message(failed, 'FAILED');

    // What SendGrid reports of it.
    const sent = sendgrid.ledger.find(({ method }) => method === 'POST')!;
    const reports = [eventOf(sent, 'delivered'), eventOf(sent, 'open', { sg_machine_open: true })];
    const { url, privateKey } = { url: channel.webhookUrl, ...keys };
    expect((await sendgridCalls(app, { url, privateKey }, reports)).status).toBe(200);
    await tenant.api.message(mailed, 'DELIVERED');

    // What stands: a message that is due on a channel whose breaker is open, and a bulk send that waits for its time.
    await app.sql(
      `UPDATE channel_state SET breaker = 'OPEN', open_until = now() + interval '1 hour' WHERE channel_id = $1`,
      [channel.id],
    );
    await send({ channelId: channel.id, to: 'waits@example.com', content });
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
    const bulk = {
      name: 'News',
      channelType: 'SMS',
      content: { text: 'News' },
      recipients: [{ to: '+14155550102' }],
      scheduledAt,
      start: true,
    };
    expect((await tenant.api.post('/bulk-send', bulk)).status).toBe(202);
    await app.runtime.app.get(Figures).refresh();

    const mail = { provider: 'sendgrid', channel_type: 'EMAIL' };
    expect({
      accepted: [
        await grown('carillon_messages_accepted_total', { channel_type: 'EMAIL', lane: 'transactional' }),
        await grown('carillon_messages_accepted_total', { channel_type: 'SMS', lane: 'otp' }),
      ],
      dispatched: [
        await grown('carillon_messages_dispatched_total', mail),
        await grown('carillon_messages_dispatched_total', { provider: 'sandbox', channel_type: 'SMS' }),
      ],
      settled: [
        await grown('carillon_messages_settled_total', { status: 'SENT', outcome: 'ACCEPTED' }),
        await grown('carillon_messages_settled_total', { status: 'FAILED', outcome: 'REJECTED_PERMANENT' }),
      ],
      outcomes: [
        await grown('carillon_provider_calls_total', { ...mail, outcome: 'ACCEPTED' }),
        await grown('carillon_provider_calls_total', {
          provider: 'sandbox',
          channel_type: 'EMAIL',
          outcome: 'REJECTED_PERMANENT',
        }),
      ],
      durations: await grown('carillon_provider_call_duration_seconds_count', { provider: 'sendgrid' }),
      webhooks: [
        await grown('carillon_webhook_calls_total', { provider: 'sendgrid', verdict: 'accepted' }),
        await grown('carillon_webhook_lag_seconds_count', { provider: 'sendgrid' }),
        await grown('carillon_provider_events_total', { ...mail, type: 'DELIVERED' }),
        await grown('carillon_provider_events_total', { ...mail, type: 'MACHINE_OPENED' }),
        await grown('carillon_webhook_backlog'),
        await grown('carillon_webhook_oldest_seconds'),
      ],
      breakers: [
        await grown('carillon_channel_breakers', { ...mail, state: 'OPEN' }),
        await grown('carillon_channel_breakers', { ...mail, state: 'CLOSED' }),
      ],
      queue: await grown('carillon_queue_messages', { lane: 'transactional' }),
      campaigns: await grown('carillon_campaigns', { status: 'SCHEDULED' }),
    }).toEqual({
      accepted: [3, 1],
      dispatched: [1, 1],
      settled: [2, 1],
      outcomes: [1, 1],
      durations: 1,
      webhooks: [1, 1, 1, 1, 0, 0],
      breakers: [1, 0],
      queue: 1,
      campaigns: 1,
    });
    const now = await scrape();
    expect(now.of('carillon_queue_oldest_seconds', { lane: 'transactional' })).toBeGreaterThan(0);
    const [cost] = await app.sql<{ amount: string; currency: string }>(
      `SELECT sum(cost_amount)::text AS amount, cost_currency AS currency FROM communication_message WHERE cost_amount > 0 GROUP BY 2`,
    );
    const currency = String(cost?.currency);
    expect(now.of('carillon_cost_month', { currency })).toBeCloseTo(Number(cost?.amount));
    expect(
      await grown('carillon_settled_cost_total', { provider: 'sandbox', channel_type: 'SMS', currency }),
    ).toBeCloseTo(Number(cost?.amount));

    const { body } = await tenant.api.get(`/messages/${mailed}`);
    expect([body['openedAt'], body['machineOpenedAt']]).toEqual([null, expect.any(String)]);
  });

  it('name no tenant, no address and no message', async () => {
    const { text } = await scrape();
    expect(text).not.toContain(tenant.tenantId);
    expect(text).not.toMatch(/@|[0-9a-f]{8}-[0-9a-f]{4}-|\+1415/);
    const labels = new Set([...text.matchAll(/[{,]([a-z_]+)="/g)].map(([, name]) => name));
    expect(
      [...labels].filter((name) => /tenant|message|contact|address|channel_id|campaign_id/.test(String(name))),
    ).toEqual([]);
  });
});

describe('tracked messages of a bulk send', () => {
  it('share a call, and each has links of its own', async () => {
    await app.sql(`UPDATE communication_message SET status = 'CANCELLED' WHERE status = 'QUEUED' AND tenant_id = $1`, [
      tenant.tenantId,
    ]);
    await app.sql(`UPDATE channel_state SET breaker = 'CLOSED', open_until = NULL WHERE channel_id = $1`, [channel.id]);
    const since = sendgrid.ledger.length;
    const before = await scrape();
    const pages = ['a', 'b', 'c', 'd', 'e', 'f'];
    const html = `<h1>News</h1>${pages.map((page) => `<p><a href="https://shop.example/${page}">${page}</a></p>`).join('\n')}`;
    const recipients = Array.from({ length: 30 }, (_, n) => ({ to: `tracked-${n}@example.com` }));
    const bulk = {
      name: 'Tracked',
      channelId: channel.id,
      content: { subject: 'News', html },
      recipients,
      start: true,
    };
    const { body } = await tenant.api.post('/bulk-send', { ...bulk, tracking: { clicks: true, opens: true } });
    expect(body['tracking']).toEqual({ clicks: true, opens: true });
    await tenant.api.until(`/bulk-send/${String(body['id'])}`, (answer) => answer.body['status'] === 'COMPLETED');

    const now = await scrape();
    const bulkMail = ['carillon_messages_accepted_total', { channel_type: 'EMAIL', lane: 'bulk' }] as const;
    expect(now.of(...bulkMail) - before.of(...bulkMail)).toBe(30);
    const sent = ['carillon_messages_dispatched_total', { provider: 'sendgrid', channel_type: 'EMAIL' }] as const;
    expect(now.of(...sent) - before.of(...sent)).toBe(30);
    const calls = sendgrid.ledger.slice(since).filter(({ method }) => method === 'POST');
    expect(calls.flatMap(({ violations }) => violations)).toEqual([]);
    expect(calls.length).toBeLessThan(4);
    const tokens = app.runtime.app.get(TrackTokens);
    const mails = calls.flatMap((call) => sendgridMails(call.body));
    expect(mails).toHaveLength(30);
    for (const mail of mails) {
      const messageId = mail.ref.split('.')[0];
      const found = [...(mail.html ?? '').matchAll(/"[^"]*\/t\/(?:o\/)?([\w-]+)(?:\.gif)?"/g)];
      expect(found.map(([, token = '']) => tokens.open(token))).toEqual([
        ...pages.map((page) =>
          expect.objectContaining({ kind: 'click', messageId, target: `https://shop.example/${page}` }),
        ),
        expect.objectContaining({ kind: 'open', messageId }),
      ]);
    }
  });
});
