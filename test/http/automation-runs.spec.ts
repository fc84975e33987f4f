import { randomUUID } from 'node:crypto';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import type { Answer } from '../support/api';

interface Line {
  seq: number;
  path: string;
  type: string;
  outcome: string;
  messageId: string | null;
}
interface Run {
  id: string;
  status: string;
  version: number;
  depth: number;
  reason: { code: string; detail: string } | null;
  trace: Line[];
}

const ENDED = ['COMPLETED', 'STOPPED', 'CANCELLED', 'FAILED'];

describe('runs of automation rules', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp({ WORKER_POLL_MS: '20' });
  });
  beforeEach(async () => {
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  const send = (text: string, more: object = {}) => ({ type: 'send', channelType: 'SMS', content: { text }, ...more });
  const branch = (field: string, value: unknown, steps: object[], otherwise: object[] = []) => ({
    ...{ type: 'branch', conditions: { field, op: 'eq', value } },
    ...{ steps, otherwise },
  });

  async function rule(steps: object[], more: object = {}): Promise<string> {
    const { status, body, text } = await tenant.api.post('/automation-rules', {
      ...{ name: randomUUID(), trigger: { event: 'order.paid' }, steps },
      ...more,
    });
    if (status !== 201) throw new Error(text);
    return String(body['id']);
  }

  let people = 0;
  async function contact(more: object = {}): Promise<string> {
    const phone = `+1415555${String(1000 + ++people)}`;
    const { status, body, text } = await tenant.api.post('/contacts', { phone, ...more });
    if (status !== 201) throw new Error(text);
    return String(body['id']);
  }

  async function tell(name: string, contactId: string | null, payload: object = {}): Promise<string> {
    const { status, body, text } = await tenant.api.post('/events', { name, contactId, payload });
    if (status !== 202) throw new Error(text);
    return String(body['id']);
  }

  const paths = (run: Run) => run.trace.map(({ path, outcome }) => `${path} ${outcome}`);
  const detail = async (id: string) => (await tenant.api.get(`/automation-runs/${id}`)).body as unknown as Run;

  /** Runs of a rule, newest first, once there are as many and all of them are as wanted. */
  async function runs(
    ruleId: string,
    count: number,
    isWanted = (run: Run) => ENDED.includes(run.status),
  ): Promise<Run[]> {
    const dataOf = ({ body }: Answer) => body['data'] as Run[];
    const answer = await tenant.api.until(`/automation-rules/${ruleId}/runs?limit=200`, (each) => {
      const data = dataOf(each);
      return data.length >= count && data.every(isWanted);
    });
    expect(dataOf(answer)).toHaveLength(count);
    return Promise.all(dataOf(answer).map(({ id }) => detail(id)));
  }

  async function textsTo(contactId: string): Promise<unknown[]> {
    const { body } = await tenant.api.get(`/contacts/${contactId}/timeline`);
    const data = body['data'] as { direction: string; content: { text: string } }[];
    return data
      .filter(({ direction }) => direction === 'OUTBOUND')
      .map(({ content }) => content.text)
      .reverse();
  }

  /** Handled by everybody. */
  const handled = (eventId: string) =>
    tenant.api.until(`/events/${eventId}`, ({ body }) => body['status'] === 'HANDLED');

  it('do their steps in order, one line of the trace for each, and name the version', async () => {
    const id = await rule([
      send('Thank you'),
      { type: 'wait', seconds: 1 },
      branch('event.payload.total', 100, [send('Big')], [send('Small')]),
      send('Bye'),
    ]);
    const [rich, poor] = [await contact(), await contact()];
    await tell('order.paid', rich, { total: 100 });
    await tell('order.paid', poor, { total: '100' });
    const [second, first] = await runs(id, 2);
    expect(paths(first!)).toEqual(['0 DONE', '1 WAITING', '2 HOLDS', '2/steps/0 DONE', '3 DONE']);
    expect(paths(second!)).toEqual(['0 DONE', '1 WAITING', '2 HOLDS_NOT', '2/otherwise/0 DONE', '3 DONE']);
    expect(first).toMatchObject({
      status: 'COMPLETED',
      version: 1,
      depth: 1,
      reason: null,
      event: { payload: { total: 100 } },
    });
    expect(await textsTo(rich)).toEqual(['Thank you', 'Big', 'Bye']);
    expect(await textsTo(poor)).toEqual(['Thank you', 'Small', 'Bye']);
    const message = await tenant.api.message(first!.trace[0]!.messageId, 'DELIVERED');
    expect(message.body).toMatchObject({ clientReference: `run:${first!.id}:1` });
  });

  it('begin only where trigger and conditions fit', async () => {
    const id = await rule([send('Gold')], {
      conditions: { field: 'contact.attributes.tier', op: 'eq', value: 'gold' },
    });
    const [gold, tin] = [
      await contact({ attributes: { tier: 'gold' } }),
      await contact({ attributes: { tier: 'tin' } }),
    ];
    const off = await rule([send('Off')], { enabled: false });
    for (const [name, who] of [
      ['order.paid', tin],
      ['order.sent', gold],
      ['order.paid', gold],
    ] as const)
      await handled(await tell(name, who));
    expect(await runs(id, 1)).toMatchObject([{ contactId: gold }]);
    await runs(off, 0);
    await tenant.api.patch(`/automation-rules/${id}`, { enabled: false });
    await handled(await tell('order.paid', gold));
    await runs(id, 1);
  });

  it('keep to the version that they began with', async () => {
    const id = await rule([{ type: 'wait', seconds: 1 }, send('Old')]);
    const who = await contact();
    await handled(await tell('order.paid', who));
    const changed = await tenant.api.patch(`/automation-rules/${id}`, { steps: [send('New')] });
    expect(changed.body).toMatchObject({ version: 2 });
    expect((await tenant.api.patch(`/automation-rules/${id}`, { name: randomUUID() })).body).toMatchObject({
      version: 2,
    });
    await handled(await tell('order.paid', who));
    const [second, first] = await runs(id, 2);
    expect([first!.version, second!.version]).toEqual([1, 2]);
    expect((await textsTo(who)).sort()).toEqual(['New', 'Old']);
  });

  it('wait for an event about their contact, or until it is too late', async () => {
    const wait = { type: 'wait_for_event', event: 'order.sent', steps: [send('Sent')], otherwise: [send('Late')] };
    const id = await rule([branch('slow', true, [{ ...wait, seconds: 600 }], [{ ...wait, seconds: 1 }]), send('End')]);
    const [patient, other, hasty] = [await contact(), await contact(), await contact()];
    await tell('order.paid', patient, { slow: true });
    await tell('order.paid', hasty);
    await runs(id, 2, (run) => run.status === 'WAITING' || run.status === 'COMPLETED');
    await handled(await tell('order.sent', other));
    await tell('order.sent', patient);
    const [late, early] = await runs(id, 2);
    expect(paths(early!)).toEqual([
      ...['0 HOLDS', '0/steps/0 WAITING', '0/steps/0 CAME', '0/steps/0/steps/0 DONE', '1 DONE'],
    ]);
    expect(paths(late!)).toEqual([
      ...[
        '0 HOLDS_NOT',
        '0/otherwise/0 WAITING',
        '0/otherwise/0 TIMED_OUT',
        '0/otherwise/0/otherwise/0 DONE',
        '1 DONE',
      ],
    ]);
    expect(await textsTo(patient)).toEqual(['Sent', 'End']);
    expect(await textsTo(other)).toEqual([]);
  });

  it('hear of what Carillon itself tells: a message that was delivered', async () => {
    const steps = [
      send('Hello'),
      { type: 'wait_for_event', event: 'message.delivered', seconds: 60, steps: [send('Got it?')] },
    ];
    const id = await rule(steps);
    await tell('order.paid', await contact());
    const [run] = await runs(id, 1);
    expect(paths(run!)).toEqual(['0 DONE', '1 WAITING', '1 CAME', '1/steps/0 DONE']);
  });

  it('end at the event, or at the condition, at which their rule says so', async () => {
    const steps = [{ type: 'wait', seconds: 600 }, send('Still there?')];
    const byEvent = await rule(steps, { exitWhen: { event: 'order.cancelled' } });
    const byCondition = await rule([{ type: 'wait', seconds: 1 }, send('Still there?')], {
      exitWhen: { conditions: { field: 'contact.attributes.left', op: 'eq', value: true } },
    });
    const who = await contact();
    await handled(await tell('order.paid', who));
    await tenant.api.patch(`/contacts/${who}`, { attributes: { left: true } });
    await tell('order.cancelled', who);
    for (const id of [byEvent, byCondition]) {
      const [run] = await runs(id, 1);
      expect(run).toMatchObject({ status: 'STOPPED', reason: { code: 'exit' } });
      expect(run!.trace.at(-1)).toMatchObject({ type: 'end', outcome: 'STOPPED' });
    }
    expect(await textsTo(who)).toEqual([]);
  });

  it('let a contact in once, one at a time, or always', async () => {
    const wait = [{ type: 'wait', seconds: 1 }];
    const [once, single, always] = [
      await rule([{ type: 'stop' }], { reentry: 'once' }),
      await rule(wait, { reentry: 'when_ended' }),
      await rule(wait),
    ];
    const who = await contact();
    for (let i = 0; i < 3; i++) await handled(await tell('order.paid', who));
    expect(await runs(once, 1)).toMatchObject([{ status: 'STOPPED', reason: { code: 'stop' } }]);
    await runs(single, 1);
    await runs(always, 3);
    await handled(await tell('order.paid', who));
    await runs(once, 1);
    await runs(single, 2);
  });

  it('change their contact, add it to a segment, and tell of it', async () => {
    const condition = { all: [{ field: 'attributes.list', op: 'eq', value: 'vip' }] };
    const segment = await tenant.api.post('/segments', { name: randomUUID(), segment: condition });
    const heard = await rule([send('Welcome')], {
      trigger: { type: 'contact_changed', field: 'attributes.list', value: 'vip' },
    });
    const id = await rule([
      { type: 'update_contact', language: 'fr', attributes: { plan: 'pro', old: null } },
      { type: 'add_to_segment', segmentId: segment.body['id'] },
      { type: 'tell_event', event: 'contact-is-vip', payload: { by: 'rule' } },
    ]);
    const who = await contact({ attributes: { old: 1, kept: true } });
    await tell('order.paid', who);
    const [run] = await runs(id, 1);
    expect(paths(run!)).toEqual(['0 DONE', '1 DONE', '2 DONE']);
    const changed = await tenant.api.get(`/contacts/${who}`);
    expect(changed.body).toMatchObject({ language: 'fr', attributes: { plan: 'pro', kept: true, list: 'vip' } });
    expect(changed.body['attributes']).not.toHaveProperty('old');
    const preview = await tenant.api.post('/segments/preview', { segment: condition, channelType: 'SMS' });
    expect(preview.body).toMatchObject({ count: 1 });
    expect(await runs(heard, 1)).toMatchObject([{ contactId: who, depth: 2 }]);
    const told = await tenant.api.get('/events?name=contact-is-vip');
    expect(told.body['data']).toMatchObject([{ source: 'rule', contactId: who }]);
  });

  it('add nobody to a segment that asks for more than attributes', async () => {
    const { body } = await tenant.api.post('/segments', {
      ...{ name: randomUUID(), segment: { field: 'language', op: 'eq', value: 'de' } },
    });
    const refused = await tenant.api.post('/automation-rules', {
      ...{ name: randomUUID(), trigger: { event: 'a' }, steps: [{ type: 'add_to_segment', segmentId: body['id'] }] },
    });
    expect(refused.body['errors']).toMatchObject([{ pointer: '/steps/0/segmentId' }]);
  });

  it('ask the gate, and go on where it says no', async () => {
    const id = await rule([
      send('Nobody reads this'),
      send('Mail', { channelType: 'EMAIL' }),
      send('Office', { to: '+14155559999' }),
    ]);
    const who = await contact();
    await tenant.api.post(`/contacts/${who}/preferences`, { doNotContact: true });
    await tell('order.paid', who);
    const [run] = await runs(id, 1);
    expect(run!.trace).toMatchObject([
      { outcome: 'SUPPRESSED', facts: { code: 'do_not_contact' } },
      { outcome: 'REFUSED', facts: { code: 'invalid_field', fields: ['/contactId'] } },
      { outcome: 'DONE' },
    ]);
  });

  it('stop where a rule sets off itself, and say so', async () => {
    const id = await rule([{ type: 'tell_event', event: 'order.paid' }], { mostPerHour: 100 });
    await tell('order.paid', await contact());
    const chain = await runs(id, 6);
    expect(chain.map(({ depth }) => depth)).toEqual([6, 5, 4, 3, 2, 1]);
    expect(chain[0]).toMatchObject({ status: 'STOPPED', trace: [], reason: { code: 'loop_guard' } });
    expect(chain[0]!.reason!.detail).toContain('more than 5 deep');
  });

  it('stop where two rules change a contact to and fro, and where a message sets off the next', async () => {
    const swing = (to: string) =>
      rule([{ type: 'update_contact', attributes: { side: to } }], {
        trigger: { type: 'contact_changed', field: 'attributes.side' },
      });
    const [left, right] = [await swing('left'), await swing('right')];
    const chatter = await rule([send('And again')], { trigger: { event: 'message.delivered' } });
    const who = await contact({ attributes: { side: 'none' } });
    await tenant.api.patch(`/contacts/${who}`, { attributes: { side: 'start' } });
    await tenant.api.post('/messages', { channelType: 'SMS', contactId: who, content: { text: 'First' } });
    const chain = await runs(chatter, 6);
    expect(chain[0]).toMatchObject({ status: 'STOPPED', depth: 6, reason: { code: 'loop_guard' } });
    for (const id of [left, right]) {
      const isOver = async () => {
        const { body } = await tenant.api.get(`/automation-rules/${id}/runs?status=STOPPED`);
        return (body['data'] as unknown[]).length > 0;
      };
      await tenant.api.until(
        `/automation-rules/${id}/runs?status=STOPPED`,
        ({ body }) => (body['data'] as []).length > 0,
      );
      expect(await isOver()).toBe(true);
    }
  });

  it('stop where a rule begins too often for one contact, and say so once', async () => {
    const id = await rule([{ type: 'stop' }], { mostPerHour: 3 });
    const [who, other] = [await contact(), await contact()];
    for (let i = 0; i < 6; i++) await handled(await tell('order.paid', who));
    await handled(await tell('order.paid', other));
    const all = await runs(id, 5);
    const guarded = all.filter(({ reason }) => reason?.code === 'loop_guard');
    expect(guarded).toMatchObject([{ status: 'STOPPED', contactId: who, trace: [] }]);
    expect(guarded[0]!.reason!.detail).toContain('more than 3 runs');
  });

  it('do not believe a cause that others tell', async () => {
    const id = await rule([{ type: 'stop' }]);
    await tell('order.paid', await contact(), { cause: { depth: 99 } });
    expect(await runs(id, 1)).toMatchObject([{ depth: 1, reason: { code: 'stop' } }]);
  });

  it('begin at what a person writes', async () => {
    const id = await rule([send('Here it is')], {
      trigger: { type: 'message_received', match: 'contains_word', words: ['price'], channelTypes: ['SMS'] },
    });
    // The sandbox plays a person who answers.
    const { body } = await tenant.api.post('/contacts', { phone: '+14155550007' });
    const reply = await tenant.api.post('/messages', {
      ...{ channelType: 'SMS', contactId: body['id'], content: { text: 'Do you want to know the price?' } },
    });
    expect(reply.status).toBe(202);
    await tenant.api.until(`/contacts/${String(body['id'])}/timeline`, (each) =>
      (each.body['data'] as { direction: string }[]).some(({ direction }) => direction === 'INBOUND'),
    );
    const any = await tenant.api.get(`/automation-rules/${id}/runs`);
    expect(any.status).toBe(200);
  });

  it('can be cancelled once, and end with their rule', async () => {
    const id = await rule([{ type: 'wait', seconds: 600 }, send('Never')]);
    const who = await contact();
    await tell('order.paid', who);
    await tell('order.paid', await contact());
    const [, first] = await runs(id, 2, ({ status }) => status === 'WAITING');
    const cancelled = await tenant.api.post(`/automation-runs/${first!.id}/cancel`);
    expect(cancelled.body).toMatchObject({ status: 'CANCELLED', dueAt: null, reason: { code: 'cancelled' } });
    expect((await tenant.api.post(`/automation-runs/${first!.id}/cancel`)).status).toBe(409);
    const ofContact = await tenant.api.get(`/automation-rules/${id}/runs?contactId=${who}&status=CANCELLED`);
    expect(ofContact.body['data']).toMatchObject([{ id: first!.id }]);
    expect((await tenant.api.delete(`/automation-rules/${id}`)).status).toBe(204);
    const left = await app.sql(
      `SELECT DISTINCT status, reason_code FROM automation_run WHERE rule_id = $1 ORDER BY 2`,
      [id],
    );
    expect(left).toEqual([
      { status: 'CANCELLED', reason_code: 'cancelled' },
      { status: 'CANCELLED', reason_code: 'rule_deleted' },
    ]);
  });

  it('end where their contact is gone', async () => {
    const id = await rule([{ type: 'wait', seconds: 1 }, send('Hello?')]);
    const who = await contact();
    await handled(await tell('order.paid', who));
    await tenant.api.delete(`/contacts/${who}`);
    expect(await runs(id, 1)).toMatchObject([{ status: 'STOPPED', reason: { code: 'contact_gone' } }]);
  });

  it('are as many as a tenant may have', async () => {
    await app.sql(
      `INSERT INTO message_automation_rule (tenant_id, id, name, trigger, steps, enabled)
       SELECT $1, gen_random_uuid(), 'Rule ' || n, '{}', '[]', false FROM generate_series(1, 200) n`,
      [tenant.tenantId],
    );
    const refused = await tenant.api.post('/automation-rules', {
      ...{ name: 'One more', trigger: { event: 'a' }, steps: [{ type: 'stop' }] },
    });
    expect([refused.status, refused.body['code']]).toEqual([409, 'conflict']);
  });
});
