import { randomUUID } from 'node:crypto';
import { tellEvents } from '../../src/events/tell';
import { TenantDb } from '../../src/platform/db/tenant-db';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { branch, paths, RuleStage, send } from './rule-stage';

describe('runs of automation rules', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let stage: RuleStage;

  beforeAll(async () => {
    app = await startApp({ WORKER_POLL_MS: '20' });
  });
  beforeEach(async () => {
    tenant = await app.tenant();
    stage = new RuleStage(tenant);
  });
  afterAll(() => app.close());

  it('do their steps in order, one line of the trace for each, and name the version', async () => {
    const id = await stage.rule([
      send('Thank you'),
      { type: 'wait', seconds: 1 },
      branch('event.payload.total', 100, [send('Big')], [send('Small')]),
      send('Bye'),
    ]);
    const [rich, poor] = [await stage.contact(), await stage.contact()];
    await stage.tell('order.paid', rich, { total: 100 });
    await stage.tell('order.paid', poor, { total: '100' });
    const [second, first] = await stage.runs(id, 2);
    expect(paths(first!)).toEqual(['0 DONE', '1 WAITING', '2 HOLDS', '2/steps/0 DONE', '3 DONE']);
    expect(paths(second!)).toEqual(['0 DONE', '1 WAITING', '2 HOLDS_NOT', '2/otherwise/0 DONE', '3 DONE']);
    expect(first).toMatchObject({
      status: 'COMPLETED',
      version: 1,
      depth: 1,
      reason: null,
      event: { payload: { total: 100 } },
    });
    expect(await stage.textsTo(rich)).toEqual(['Thank you', 'Big', 'Bye']);
    expect(await stage.textsTo(poor)).toEqual(['Thank you', 'Small', 'Bye']);
    const message = await tenant.api.message(first!.trace[0]!.messageId, 'DELIVERED');
    expect(message.body).toMatchObject({ clientReference: `run:${first!.id}:1` });
  });

  it('begin only where trigger and conditions fit', async () => {
    const id = await stage.rule([send('Gold')], {
      conditions: { field: 'contact.attributes.tier', op: 'eq', value: 'gold' },
    });
    const [gold, tin] = [
      await stage.contact({ attributes: { tier: 'gold' } }),
      await stage.contact({ attributes: { tier: 'tin' } }),
    ];
    const off = await stage.rule([send('Off')], { enabled: false });
    for (const [name, who] of [
      ['order.paid', tin],
      ['order.sent', gold],
      ['order.paid', gold],
    ] as const)
      await stage.happens(name, who);
    expect(await stage.runs(id, 1)).toMatchObject([{ contactId: gold }]);
    await stage.runs(off, 0);
    await tenant.api.patch(`/automation-rules/${id}`, { enabled: false });
    await stage.happens('order.paid', gold);
    await stage.runs(id, 1);
  });

  it('keep to the version that they began with', async () => {
    const id = await stage.rule([{ type: 'wait', seconds: 1 }, send('Old')]);
    const who = await stage.contact();
    await stage.happens('order.paid', who);
    const changed = await tenant.api.patch(`/automation-rules/${id}`, { steps: [send('New')] });
    expect(changed.body).toMatchObject({ version: 2 });
    expect((await tenant.api.patch(`/automation-rules/${id}`, { name: randomUUID() })).body).toMatchObject({
      version: 2,
    });
    await stage.happens('order.paid', who);
    const [second, first] = await stage.runs(id, 2);
    expect([first!.version, second!.version]).toEqual([1, 2]);
    expect(new Set(await stage.textsTo(who))).toEqual(new Set(['New', 'Old']));
  });

  it('wait for an event about their contact, or until it is too late', async () => {
    const wait = { type: 'wait_for_event', event: 'order.sent', steps: [send('Sent')], otherwise: [send('Late')] };
    const id = await stage.rule([
      branch('slow', true, [{ ...wait, seconds: 600 }], [{ ...wait, seconds: 1 }]),
      send('End'),
    ]);
    const [patient, other, hasty] = [await stage.contact(), await stage.contact(), await stage.contact()];
    await stage.tell('order.paid', patient, { slow: true });
    await stage.tell('order.paid', hasty);
    await stage.runs(id, 2, (run) => run.status === 'WAITING' || run.status === 'COMPLETED');
    await stage.happens('order.sent', other);
    await stage.tell('order.sent', patient);
    const [late, early] = await stage.runs(id, 2);
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
    expect(await stage.textsTo(patient)).toEqual(['Sent', 'End']);
    expect(await stage.textsTo(other)).toEqual([]);
  });

  it('hear of what Carillon itself tells: a message that was delivered', async () => {
    const steps = [
      send('Hello'),
      { type: 'wait_for_event', event: 'message.delivered', seconds: 60, steps: [send('Got it?')] },
    ];
    const id = await stage.rule(steps);
    await stage.tell('order.paid', await stage.contact());
    const [run] = await stage.runs(id, 1);
    expect(paths(run!)).toEqual(['0 DONE', '1 WAITING', '1 CAME', '1/steps/0 DONE']);
  });

  it('end at the event, or at the condition, at which their rule says so', async () => {
    const steps = [{ type: 'wait', seconds: 600 }, send('Still there?')];
    const byEvent = await stage.rule(steps, { exitWhen: { event: 'order.cancelled' } });
    const byCondition = await stage.rule([{ type: 'wait', seconds: 1 }, send('Still there?')], {
      exitWhen: { conditions: { field: 'contact.attributes.left', op: 'eq', value: true } },
    });
    const who = await stage.contact();
    await stage.happens('order.paid', who);
    await tenant.api.patch(`/contacts/${who}`, { attributes: { left: true } });
    await stage.tell('order.cancelled', who);
    for (const id of [byEvent, byCondition]) {
      const [run] = await stage.runs(id, 1);
      expect(run).toMatchObject({ status: 'STOPPED', reason: { code: 'exit' } });
      expect(run!.trace.at(-1)).toMatchObject({ type: 'end', outcome: 'STOPPED' });
    }
    expect(await stage.textsTo(who)).toEqual([]);
  });

  it('end at an event that was told in one breath with the one that began them', async () => {
    const id = await stage.rule([{ type: 'wait', seconds: 600 }], { exitWhen: { event: 'order.cancelled' } });
    const contactId = await stage.contact();
    const told = ['order.cancelled', 'order.paid', 'order.cancelled', 'order.paid'];
    await app.runtime.app.get(TenantDb).run(tenant.tenantId, (tx) =>
      tellEvents(
        tx,
        told.map((type) => ({ type, source: 'sqs', contactId, data: {} })),
      ),
    );
    const [second, first] = await stage.runs(id, 2, ({ status }) => status !== 'RUNNING');
    expect([first!.status, second!.status]).toEqual(['STOPPED', 'WAITING']);
  });

  it('let a contact in once, one at a time, or always', async () => {
    const wait = [{ type: 'wait', seconds: 1 }];
    const [once, single, always] = [
      await stage.rule([{ type: 'stop' }], { reentry: 'once' }),
      await stage.rule(wait, { reentry: 'when_ended' }),
      await stage.rule(wait),
    ];
    const who = await stage.contact();
    for (let i = 0; i < 3; i++) await stage.happens('order.paid', who);
    expect(await stage.runs(once, 1)).toMatchObject([{ status: 'STOPPED', reason: { code: 'stop' } }]);
    await stage.runs(single, 1);
    await stage.runs(always, 3);
    await stage.happens('order.paid', who);
    await stage.runs(once, 1);
    await stage.runs(single, 2);
  });

  it('change their contact, add it to a segment, and tell of it', async () => {
    const condition = { all: [{ field: 'attributes.list', op: 'eq', value: 'vip' }] };
    const segment = await tenant.api.post('/segments', { name: randomUUID(), segment: condition });
    const heard = await stage.rule([send('Welcome')], {
      trigger: { type: 'contact_changed', field: 'attributes.list', value: 'vip' },
    });
    const id = await stage.rule([
      { type: 'update_contact', language: 'fr', attributes: { plan: 'pro', old: null } },
      { type: 'add_to_segment', segmentId: segment.body['id'] },
      { type: 'tell_event', event: 'contact-is-vip', payload: { by: 'rule' } },
    ]);
    const who = await stage.contact({ attributes: { old: 1, kept: true } });
    await stage.tell('order.paid', who);
    const [run] = await stage.runs(id, 1);
    expect(paths(run!)).toEqual(['0 DONE', '1 DONE', '2 DONE']);
    const changed = await tenant.api.get(`/contacts/${who}`);
    expect(changed.body).toMatchObject({ language: 'fr', attributes: { plan: 'pro', kept: true, list: 'vip' } });
    expect(changed.body['attributes']).not.toHaveProperty('old');
    const preview = await tenant.api.post('/segments/preview', { segment: condition, channelType: 'SMS' });
    expect(preview.body).toMatchObject({ count: 1 });
    expect(await stage.runs(heard, 1)).toMatchObject([{ contactId: who, depth: 2 }]);
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
    const id = await stage.rule([
      send('Nobody reads this'),
      send('Mail', { channelType: 'EMAIL' }),
      send('Office', { to: '+14155559999' }),
    ]);
    const who = await stage.contact();
    await tenant.api.post(`/contacts/${who}/preferences`, { doNotContact: true });
    await stage.tell('order.paid', who);
    const [run] = await stage.runs(id, 1);
    expect(run!.trace).toMatchObject([
      { outcome: 'SUPPRESSED', facts: { code: 'do_not_contact' } },
      { outcome: 'REFUSED', facts: { code: 'invalid_field', fields: ['/contactId'] } },
      { outcome: 'DONE' },
    ]);
  });

  it('can be cancelled once, and end with their rule', async () => {
    const id = await stage.rule([{ type: 'wait', seconds: 600 }, send('Never')]);
    const who = await stage.contact();
    await stage.tell('order.paid', who);
    await stage.tell('order.paid', await stage.contact());
    const [, first] = await stage.runs(id, 2, ({ status }) => status === 'WAITING');
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
    const id = await stage.rule([{ type: 'wait', seconds: 1 }, send('Hello?')]);
    const who = await stage.contact();
    await stage.happens('order.paid', who);
    await tenant.api.delete(`/contacts/${who}`);
    expect(await stage.runs(id, 1)).toMatchObject([{ status: 'STOPPED', reason: { code: 'contact_gone' } }]);
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
