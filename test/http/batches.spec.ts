import { createHmac, randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { startDescribedServer, type DescribedServer, type LedgerEntry, type Step } from '../providers/described-server';
import { mailgunMails, sendgridMails, type ArrivedMail } from '../providers/batch-mails';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { sendgridKeys } from '../support/sign';
import { deliver, PUBLIC_URL, sendgridCalls } from './provider-calls';

const PROVIDERS = ['sendgrid', 'mailgun'] as const;
type Type = (typeof PROVIDERS)[number];

const MAILS_OF = { sendgrid: sendgridMails, mailgun: mailgunMails };
const SIGNING_KEY = 'mailgun-signing-key-of-batches-01';
const keys = sendgridKeys();
const CREDENTIALS = {
  sendgrid: { apiKey: 'SG.batches.0000000000', webhookPublicKey: keys.publicKey },
  mailgun: { apiKey: 'a'.repeat(32), domain: 'mg.acme.example', region: 'US', webhookSigningKey: SIGNING_KEY },
};

interface Shop {
  tenant: TestTenant;
  channelId: string;
  webhookUrl: string;
  type: Type;
}

interface Wanted {
  to: string;
  text: string;
  delivery?: string;
}

/** Bulk messages share calls where the provider takes many at once; what happens to each is still its own. */
describe('messages that share a call', () => {
  let app: TestApp;
  let servers: Record<Type, DescribedServer>;
  /** Asked at each call of either provider. */
  let onCall: (entry: LedgerEntry) => Promise<void> | void = () => undefined;
  let answers: (entry: LedgerEntry) => Step | undefined = () => undefined;

  beforeAll(async () => {
    const options = {
      answer: (entry: LedgerEntry) => answers(entry),
      onAccepted: (entry: LedgerEntry) => onCall(entry),
    };
    const sendgrid = await startDescribedServer({ description: 'sendgrid', ...options });
    const mailgun = await startDescribedServer({ description: 'mailgun', ...options });
    servers = { sendgrid, mailgun };
    const urls = { PROVIDER_URL_SENDGRID: sendgrid.url, PROVIDER_URL_MAILGUN: mailgun.url };
    app = await startApp({ PUBLIC_URL, WORKER_CONCURRENCY: '16', WORKER_BATCH_SIZE: '250', ...urls });
  });
  afterAll(async () => {
    await app.close();
    await Promise.all([servers.sendgrid.close(), servers.mailgun.close()]);
  });
  afterEach(() => {
    onCall = () => undefined;
    answers = () => undefined;
  });

  const shop = async (type: Type): Promise<Shop> => {
    const tenant = await app.tenant({ bare: true });
    const from = 'shop@acme.example';
    const channel = { name: 'News', channelType: 'EMAIL', providerType: type, from, credentials: CREDENTIALS[type] };
    const { status, body, text } = await tenant.api.post('/channels', channel);
    if (status !== 201) throw new Error(text);
    return { tenant, type, channelId: String(body['id']), webhookUrl: String(body['webhookUrl']) };
  };

  /** Accepts messages for later and then makes all of them due at one moment, as the feeder of a campaign does. */
  const send = async ({ tenant, channelId }: Shop, wanted: readonly Wanted[], more: object = {}): Promise<string[]> => {
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString();
    const ids: string[] = Array.from({ length: wanted.length });
    const queue = wanted.entries();
    const one = async () => {
      for (const [index, { to, text, ...rest }] of queue) {
        const content = { subject: `News for ${to}`, text };
        const message = { channelId, to, content, lane: 'bulk', scheduledAt, ...rest, ...more };
        const answer = await tenant.api.post('/messages', message);
        if (answer.status !== 202) throw new Error(answer.text);
        ids[index] = String(answer.body['id']);
      }
    };
    await Promise.all(Array.from({ length: 40 }, one));
    await app.sql(
      `UPDATE communication_message SET due_at = now(), status = 'QUEUED' WHERE tenant_id = $1 AND status = 'SCHEDULED'`,
      [tenant.tenantId],
    );
    return ids;
  };

  const people = (count: number, of = 'person') =>
    Array.from({ length: count }, (_, n) => ({
      to: `${of}-${n}@example.com`,
      text: `Dear ${of} ${n}, here is our news.`,
    }));

  const states = async ({ tenant }: Shop): Promise<Record<string, number>> => {
    const rows = await app.sql<{ status: string; n: number }>(
      `SELECT status, count(*)::int AS n FROM communication_message WHERE tenant_id = $1 GROUP BY 1`,
      [tenant.tenantId],
    );
    return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
  };

  const breakerOf = async ({ tenant }: Shop) =>
    (await app.sql(`SELECT breaker FROM channel_state WHERE tenant_id = $1`, [tenant.tenantId]))[0]?.['breaker'];

  const until = async (stage: Shop, wanted: Record<string, number>): Promise<void> => {
    const deadline = Date.now() + 11_000;
    for (;;) {
      const now = await states(stage);
      if (isDeepStrictEqual(now, wanted)) return;
      if (Date.now() > deadline) throw new Error(`never ${JSON.stringify(wanted)}; last ${JSON.stringify(now)}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  };

  const callsTo = (type: Type, since: number) =>
    servers[type].ledger.slice(since).filter(({ method }) => method === 'POST');
  const arrived = (type: Type, since: number): ArrivedMail[] =>
    callsTo(type, since)
      .filter(({ accepted }) => accepted)
      .flatMap(({ body }) => MAILS_OF[type](body));

  /** Tells of each mail that it was delivered, by its reference. */
  const report = async ({ type, webhookUrl: url }: Shop, mails: readonly ArrivedMail[]): Promise<void> => {
    const timestamp = Math.floor(Date.now() / 1000);
    if (type === 'sendgrid') {
      const events = mails.map(({ to: email, ref }) => ({
        email,
        timestamp,
        event: 'delivered',
        sg_event_id: randomUUID(),
        sg_message_id: 'the-same-for-all.recvd-1',
        carillon_ref: ref,
      }));
      expect((await sendgridCalls(app, { url, privateKey: keys.privateKey }, events)).status).toBe(200);
      return;
    }
    const queue = mails.values();
    const one = async () => {
      for (const { to, ref } of queue) {
        const token = randomUUID().replaceAll('-', '').padEnd(50, '0');
        const signature = createHmac('sha256', SIGNING_KEY).update(`${timestamp}${token}`).digest('hex');
        const data = {
          event: 'delivered',
          id: randomUUID(),
          timestamp,
          recipient: to,
          'user-variables': { carillon_ref: ref },
        };
        const body = { signature: { timestamp: String(timestamp), token, signature }, 'event-data': data };
        await deliver(app, url, JSON.stringify(body), { 'content-type': 'application/json' });
      }
    };
    await Promise.all(Array.from({ length: 20 }, one));
  };

  it.each(PROVIDERS)(
    'are 1,000 of a campaign in a few calls of %s, and each person gets a mail of their own',
    async (type) => {
      const stage = await shop(type);
      const since = servers[type].ledger.length;
      const wanted = people(1_000);
      await send(stage, wanted, { purpose: 'MARKETING' });
      await until(stage, { SENT: 1_000 });

      expect(callsTo(type, since).flatMap(({ violations }) => violations)).toEqual([]);
      expect(callsTo(type, since).length).toBeLessThanOrEqual(8);
      const mails = arrived(type, since);
      const said = new Map(mails.map(({ to, text, subject }) => [to, { text, subject }]));
      expect(mails).toHaveLength(1_000);
      for (const { to, text } of wanted) expect(said.get(to)).toEqual({ text, subject: `News for ${to}` });
      const unsubscribe = new Set(mails.map(({ headers }) => headers['List-Unsubscribe']));
      expect(unsubscribe.size).toBe(1_000);

      // Of Mailgun each is a webhook of its own.
      const heardOf = type === 'sendgrid' ? mails : mails.slice(0, 50);
      await report(stage, heardOf);
      const SENT = mails.length - heardOf.length;
      await until(stage, { DELIVERED: heardOf.length, ...(SENT && { SENT }) });
    },
  );

  it('say in their history which call they shared, and never share one in an urgent lane', async () => {
    const stage = await shop('sendgrid');
    const ids = await send(stage, people(3));
    const urgent = await send(stage, people(3, 'urgent'), { lane: 'transactional' });
    await until(stage, { SENT: 6 });
    const batchOf = async (id: string) => {
      const { body } = await stage.tenant.api.get(`/messages/${id}`);
      const entries = body['timeline'] as { type: string; detail: Record<string, unknown> }[];
      return entries.find(({ type }) => type === 'DISPATCHED')?.detail['batchId'];
    };
    const [first, ...others] = await Promise.all(ids.map(batchOf));
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    expect(others).toEqual([first, first]);
    expect(await Promise.all(urgent.map(batchOf))).toEqual([undefined, undefined, undefined]);
  });

  it('go without the one whose person said no after they were taken', async () => {
    const stage = await shop('sendgrid');
    const since = servers.sendgrid.ledger.length;
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (free = resolve));
    onCall = () => held;
    // Two calls may be shared at a time: what was claimed for a third waits before the gate.
    await send(stage, people(501));
    await until(stage, { SENDING: 501 });
    await send(stage, people(5, 'late'));
    await until(stage, { SENDING: 506 });
    const { status } = await stage.tenant.api.post('/suppressions', {
      channelType: 'EMAIL',
      address: 'late-3@example.com',
      reason: 'MANUAL',
    });
    expect(status).toBe(201);
    free();
    await until(stage, { SENT: 505, SUPPRESSED: 1 });
    const to = arrived('sendgrid', since).map((mail) => mail.to);
    expect(to).not.toContain('late-3@example.com');
    expect(new Set(to).size).toBe(505);
  });

  it('fail alone where SendGrid names whose address it does not take, and the others go at once', async () => {
    const stage = await shop('sendgrid');
    const since = servers.sendgrid.ledger.length;
    const refusal = { message: 'Does not contain a valid address.', field: 'personalizations.2.to', help: null };
    servers.sendgrid.script({ status: 400, body: { errors: [refusal] } });
    await send(stage, people(20));
    await until(stage, { SENT: 19, FAILED: 1 });
    const [first, second, ...more] = callsTo('sendgrid', since);
    expect(more).toEqual([]);
    const refused = sendgridMails(first!.body)[2]?.to;
    expect(sendgridMails(second!.body).map(({ to }) => to)).not.toContain(refused);
    const { body } = await stage.tenant.api.get('/messages?status=FAILED');
    const [failed] = body['data'] as { to: string; reason: { code: string } }[];
    expect(failed).toMatchObject({ to: refused, reason: { code: 'invalid_recipient' } });
  });

  it('are tried in smaller company where Mailgun does not say whose address it was, until only that one fails', async () => {
    const stage = await shop('mailgun');
    const message = 'to parameter is not a valid address. please check documentation';
    answers = ({ body }) =>
      [body['to']].flat().includes('person-7@example.com') ? { status: 400, body: { message } } : undefined;
    await send(stage, people(30));
    await until(stage, { SENT: 29, FAILED: 1 });
    const { body } = await stage.tenant.api.get('/messages?status=FAILED');
    expect(body['data']).toMatchObject([{ to: 'person-7@example.com', reason: { code: 'invalid_recipient' } }]);
    expect(await breakerOf(stage)).toBe('CLOSED');
  });

  it('wait together when the provider says that it is too much', async () => {
    const stage = await shop('sendgrid');
    const since = servers.sendgrid.ledger.length;
    servers.sendgrid.script({ status: 429, headers: { 'retry-after': '1' }, body: { errors: [{ message: 'slow' }] } });
    await send(stage, people(50));
    await until(stage, { SENT: 50 });
    const rows = await app.sql<{ outcome: string; n: number; retries: number }>(
      `SELECT outcome, count(*)::int AS n, count(DISTINCT retry_at)::int AS retries FROM message_attempt
       WHERE tenant_id = $1 GROUP BY 1 ORDER BY 1`,
      [stage.tenant.tenantId],
    );
    expect(rows).toEqual([
      { outcome: 'ACCEPTED', n: 50, retries: 0 },
      { outcome: 'THROTTLED', n: 50, retries: 1 },
    ]);
    // The first after the pause is a probe of the breaker, alone.
    expect(callsTo('sendgrid', since).length).toBeLessThanOrEqual(4);
    expect(arrived('sendgrid', since)).toHaveLength(50);
  });

  it('are all in doubt when the answer is lost, and then each does as its own policy says', async () => {
    const stage = await shop('sendgrid');
    const since = servers.sendgrid.ledger.length;
    servers.sendgrid.script({ breaks: 'reset', accepts: true });
    const [once, again] = [people(10, 'once'), people(10, 'again')];
    await send(stage, [...once.map((each) => ({ ...each, delivery: 'at_most_once' })), ...again]);
    await until(stage, { UNKNOWN: 20 });
    // One call failed, and not twenty.
    expect(await breakerOf(stage)).toBe('CLOSED');
    // One is heard of before the wait is over: no doubt is left about it.
    await report(
      stage,
      arrived('sendgrid', since).filter(({ to }) => to === 'again-0@example.com'),
    );
    await until(stage, { UNKNOWN: 19, DELIVERED: 1 });
    await app.sql(`UPDATE communication_message SET resolve_at = now() WHERE tenant_id = $1 AND status = 'UNKNOWN'`, [
      stage.tenant.tenantId,
    ]);
    await until(stage, { UNKNOWN: 10, DELIVERED: 1, SENT: 9 });
    const copies = Map.groupBy(arrived('sendgrid', since), ({ to }) => to);
    for (const { to } of once) expect(copies.get(to)).toHaveLength(1);
    for (const { to } of again) expect(copies.get(to)).toHaveLength(to === 'again-0@example.com' ? 1 : 2);
  });
});
