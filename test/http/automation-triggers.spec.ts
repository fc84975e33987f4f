import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { paths, RuleStage, send } from './rule-stage';

/** A server of the tenant's, which answers as it is told. */
class Receiver {
  readonly calls: { headers: Record<string, string>; body: string }[] = [];
  answer = 200;
  private readonly server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      this.calls.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(this.answer).end();
    });
  });

  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => void this.server.close(() => resolve()));
  }
}

describe('what sets rules off, what keeps them from going round in circles, and whom they call', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let stage: RuleStage;
  const receiver = new Receiver();
  let port: number;

  beforeAll(async () => {
    port = await receiver.open();
    const egress = {
      EGRESS_ALLOW_HTTP: 'true',
      EGRESS_ALLOWED_PORTS: String(port),
      EGRESS_ALLOWED_NETWORKS: '127.0.0.1/32',
    };
    app = await startApp({ WORKER_POLL_MS: '20', ...egress });
  });
  beforeEach(async () => {
    tenant = await app.tenant();
    stage = new RuleStage(tenant);
  });
  afterAll(async () => {
    await app.close();
    await receiver.close();
  });

  it('stop where a rule sets off itself, and say so', async () => {
    const id = await stage.rule([{ type: 'tell_event', event: 'order.paid' }], { mostPerHour: 100 });
    await stage.tell('order.paid', await stage.contact());
    const chain = await stage.runs(id, 6);
    expect(chain.map(({ depth }) => depth)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(chain[0]).toMatchObject({ status: 'STOPPED', trace: [], reason: { code: 'loop_guard' } });
    expect(chain[0]!.reason!.detail).toContain('more than 5 deep');
  });

  it('stop where two rules change a contact to and fro, and where a message sets off the next', async () => {
    const swing = (to: string) =>
      stage.rule([{ type: 'update_contact', attributes: { side: to } }], {
        trigger: { type: 'contact_changed', field: 'attributes.side' },
      });
    const [left, right] = [await swing('left'), await swing('right')];
    const chatter = await stage.rule([send('And again')], { trigger: { event: 'message.delivered' } });
    const who = await stage.contact({ attributes: { side: 'none' } });
    await tenant.api.patch(`/contacts/${who}`, { attributes: { side: 'start' } });
    await tenant.api.post('/messages', { channelType: 'SMS', contactId: who, content: { text: 'First' } });
    const chain = await stage.runs(chatter, 6);
    expect(chain[0]).toMatchObject({ status: 'STOPPED', depth: 6, reason: { code: 'loop_guard' } });
    // Each changes it after each, and whoever is one too deep says so.
    for (const id of [left, right]) {
      const path = `/automation-rules/${id}/runs?status=STOPPED`;
      const { body } = await tenant.api.until(path, (answer) => (answer.body['data'] as unknown[]).length > 0);
      for (const end of body['data'] as object[]) expect(end).toMatchObject({ reason: { code: 'loop_guard' } });
    }
  });

  it('stop where a rule begins too often for one contact, and say so once', async () => {
    const id = await stage.rule([{ type: 'stop' }], { mostPerHour: 3 });
    const [who, other] = [await stage.contact(), await stage.contact()];
    for (let i = 0; i < 6; i++) await stage.happens('order.paid', who);
    await stage.happens('order.paid', other);
    const all = await stage.runs(id, 5);
    const guarded = all.filter(({ reason }) => reason?.code === 'loop_guard');
    expect(guarded).toMatchObject([{ status: 'STOPPED', contactId: who, trace: [] }]);
    expect(guarded[0]!.reason!.detail).toContain('more than 3 runs');
  });

  it('do not believe a cause that others tell', async () => {
    const id = await stage.rule([{ type: 'stop' }]);
    await stage.tell('order.paid', await stage.contact(), { cause: { depth: 99 } });
    expect(await stage.runs(id, 1)).toMatchObject([{ depth: 1, reason: { code: 'stop' } }]);
  });

  it('begin at what a person writes', async () => {
    const words = { type: 'message_received', match: 'contains_word', channelTypes: ['SMS'] };
    const heard = await stage.rule([{ type: 'stop' }], { trigger: { ...words, words: ['price'] } });
    const unheard = await stage.rule([{ type: 'stop' }], { trigger: { ...words, words: ['weather'] } });
    // The sandbox plays a person who answers, in these words.
    const who = await stage.contact({ phone: '+14155550007' });
    await tenant.api.post('/messages', { channelType: 'SMS', contactId: who, content: { text: 'Hello' } });
    await tenant.api.until(`/contacts/${who}/timeline`, ({ body }) => (body['data'] as unknown[]).length === 2);
    const { body } = await tenant.api.get(`/contacts/${who}/timeline`);
    const said = (body['data'] as { direction: string; content: { text: string } }[])[0]?.content.text ?? '';
    const word = said.split(/\W+/).at(-2) ?? said;
    await tenant.api.patch(`/automation-rules/${heard}`, { trigger: { ...words, words: [word] } });
    await tenant.api.post('/messages', { channelType: 'SMS', contactId: who, content: { text: 'Hello' } });
    expect(await stage.runs(heard, 1)).toMatchObject([{ contactId: who, event: { type: 'message.received' } }]);
    await stage.runs(unheard, 0);
  });

  it('begin at a date of each contact, by its own clock, and once', async () => {
    const now = new Date();
    const day = now.toISOString().slice(0, 10);
    const at = now.toISOString().slice(11, 16);
    const trigger = { type: 'date', attribute: 'renewal', at };
    const id = await stage.rule([{ type: 'stop' }], { trigger });
    const here = await stage.contact({ timezone: 'UTC', attributes: { renewal: day } });
    await stage.contact({ timezone: 'Asia/Tokyo', attributes: { renewal: day } });
    await stage.contact({ timezone: 'UTC', attributes: { renewal: '2001-01-01' } });
    await stage.contact({ timezone: 'UTC', attributes: { renewal: 7 } });
    const look = () =>
      app.sql(
        `UPDATE message_automation_rule SET next_at = now(), looked_at = now() - interval '2 minutes' WHERE id = $1`,
        [id],
      );
    await look();
    expect(await stage.runs(id, 1)).toMatchObject([{ contactId: here, status: 'STOPPED' }]);
    await look();
    await tenant.api.until(`/automation-rules/${id}`, () => true);
    await stage.runs(id, 1);
  });

  it('begin at the times of a schedule, for whom it is meant, and once a time', async () => {
    const start = new Date(Date.now() - 3_600_000).toISOString().slice(0, 16);
    const trigger = { type: 'schedule', recurrence: 'FREQ=HOURLY', start, timezone: 'UTC', attribute: 'plan' };
    const id = await stage.rule([send('Weekly')], {
      trigger,
      conditions: { field: 'contact.attributes.plan', op: 'ne', value: 'none' },
    });
    const pro = await stage.contact({ attributes: { plan: 'pro' } });
    await stage.contact({ attributes: { plan: 'none' } });
    await stage.contact();
    await app.sql(`UPDATE message_automation_rule SET next_at = date_trunc('minute', now()) WHERE id = $1`, [id]);
    expect(await stage.runs(id, 1)).toMatchObject([{ contactId: pro, status: 'COMPLETED' }]);
    const [rule] = await app.sql<{ next: Date }>('SELECT next_at AS next FROM message_automation_rule WHERE id = $1', [
      id,
    ]);
    expect(rule?.next.getTime()).toBeGreaterThan(Date.now());
  });

  it('call a server of the tenant, signed, and again where it does not take it', async () => {
    const id = await stage.rule([{ type: 'webhook', url: `http://127.0.0.1:${port}/hook` }, { type: 'stop' }]);
    const { body } = await tenant.api.post(`/automation-rules/${id}/signing-secret`);
    const secret = String(body['signingSecret']);
    receiver.answer = 500;
    const who = await stage.contact();
    await stage.tell('order.paid', who, { total: 7 });
    const [first] = await stage.runs(id, 1);
    const tried = (tries: number) =>
      tenant.api.until(
        `/automation-runs/${first!.id}`,
        (answer) => (answer.body['trace'] as { facts: { tries?: number } }[])[0]?.facts.tries === tries,
      );
    await tried(1);
    receiver.answer = 204;
    await app.sql(`UPDATE automation_call SET due_at = now()`);
    const { trace } = (await tried(2)).body as { trace: object[] };
    expect(trace[0]).toMatchObject({ type: 'webhook', outcome: 'CALLED', facts: { status: 204, tries: 2 } });
    expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    for (const call of receiver.calls)
      expect(new Webhook(secret).verify(call.body, call.headers)).toMatchObject({
        ...{ type: 'automation.webhook', data: { runId: first!.id, contactId: who, event: { payload: { total: 7 } } } },
      });
  });

  it('call nobody without a secret, and no server inside', async () => {
    const silent = await stage.rule([{ type: 'webhook', url: `http://127.0.0.1:${port}/hook` }]);
    const inside = await stage.rule([{ type: 'webhook', url: `http://10.0.0.1:${port}/hook` }]);
    await tenant.api.post(`/automation-rules/${inside}/signing-secret`);
    const before = receiver.calls.length;
    await stage.tell('order.paid', await stage.contact());
    for (const [id, code] of [
      [silent, 'no_signing_secret'],
      [inside, 'not_allowed'],
    ] as const) {
      const [run] = await stage.runs(id, 1);
      const { body } = await tenant.api.until(
        `/automation-runs/${run!.id}`,
        (answer) => (answer.body['trace'] as { outcome: string }[])[0]?.outcome === 'CALL_FAILED',
      );
      expect(body['trace']).toMatchObject([{ facts: { code } }]);
    }
    expect(receiver.calls).toHaveLength(before);
  });

  it('can be tried on an event without doing anything', async () => {
    const id = await stage.rule(
      [
        send('Hello'),
        { type: 'wait', seconds: 60 },
        send('Mail', { channelType: 'EMAIL' }),
        { type: 'stop' },
        send('No'),
      ],
      { enabled: false, conditions: { field: 'total', op: 'gte', value: 10 } },
    );
    const who = await stage.contact();
    const pastEventId = await stage.tell('order.paid', who, { total: 10 });
    const tried = await tenant.api.post(`/automation-rules/${id}/test`, { pastEventId });
    expect(tried.body).toMatchObject({
      ...{ version: 1, matches: true },
      steps: [
        { path: '0', outcome: 'WOULD_SEND', message: { outcome: 'QUEUED', content: { text: 'Hello' } } },
        { path: '1', outcome: 'WOULD_WAIT' },
        { path: '2', outcome: 'REFUSED', code: 'invalid_field' },
        { path: '3', outcome: 'WOULD_DO' },
      ],
    });
    const small = await tenant.api.post(`/automation-rules/${id}/test`, {
      event: { contactId: who, payload: { total: 9 } },
    });
    expect(small.body).toMatchObject({ matches: false, steps: [] });
    expect(await stage.textsTo(who)).toEqual([]);
    await stage.runs(id, 0);
    for (const [pointer, input] of [
      ['/pastEventId', {}],
      ['/pastEventId', { pastEventId: who }],
      ['/event/contactId', { event: { contactId: pastEventId } }],
    ] as const)
      expect((await tenant.api.post(`/automation-rules/${id}/test`, input)).body['errors']).toMatchObject([
        { pointer },
      ]);
  });

  it('end with the erasure of their contact, and forget what they were about', async () => {
    const id = await stage.rule([{ type: 'wait', seconds: 600 }, send('Never')]);
    const who = await stage.contact();
    await stage.tell('order.paid', who, { secret: 'of the person' });
    await stage.runs(id, 1, ({ status }) => status === 'WAITING');
    expect((await tenant.api.post(`/contacts/${who}/erase`)).status).toBe(200);
    const [run] = await stage.runs(id, 1);
    expect(run).toMatchObject({ status: 'STOPPED', reason: { code: 'erased' }, event: { payload: {} } });
    expect(paths(run)).toEqual(['0 WAITING', '1 STOPPED']);
  });
});
