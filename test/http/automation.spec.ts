import { randomUUID } from 'node:crypto';
import { startApp, type TestApp, type TestTenant } from '../support/app';

const DAILY = {
  ...{ type: 'schedule', recurrence: 'FREQ=DAILY', start: '2026-12-01T09:00', timezone: 'Europe/Berlin' },
  attribute: 'plan',
};
const branch = (steps: object[]) => ({ type: 'branch', conditions: { field: 'a', op: 'eq', value: 1 }, steps });

describe('automation rules', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  const rule = (changes: object = {}) => ({
    name: randomUUID(),
    trigger: { event: 'order.paid' },
    conditions: { all: [{ field: 'order.total', op: 'gte', value: 100 }] },
    steps: [
      { type: 'wait', seconds: 60 },
      { type: 'send', channelType: 'SMS', content: { text: 'Thank you' }, to: '+14155552671' },
    ],
    ...changes,
  });

  it('stores a rule', async () => {
    const input = rule();
    const made = await tenant.api.post('/automation-rules', input);
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      ...{ ...input, trigger: { type: 'event', event: 'order.paid' } },
      ...{ enabled: true, version: 1, reentry: 'always', mostPerHour: 20, exitWhen: null },
    });
    const path = `/automation-rules/${String(made.body['id'])}`;
    expect(made.headers.get('location')).toBe(`/api/v1/communication${path}`);
    expect((await tenant.api.get(path)).body).toEqual(made.body);
    expect((await tenant.api.get('/automation-rules')).body['data']).toContainEqual(made.body);
  });

  it('changes only the fields that are named', async () => {
    const { body } = await tenant.api.post('/automation-rules', rule());
    const path = `/automation-rules/${String(body['id'])}`;
    const changed = await tenant.api.patch(path, { enabled: false, conditions: null });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ name: body['name'], steps: body['steps'], enabled: false, conditions: null });
    for (const [pointer, change] of [
      ['/name', { name: null }],
      ['/steps', { steps: [] }],
      ['/trigger', { trigger: null }],
      ['/conditions', { conditions: {} }],
      ['/state', { state: 'RUNNING' }],
    ] as const) {
      const refused = await tenant.api.patch(path, change);
      expect(refused.status).toBe(422);
      expect(refused.body['errors']).toContainEqual({ pointer, message: expect.any(String) });
    }
  });

  it('keeps names unique until the rule is deleted', async () => {
    const first = await tenant.api.post('/automation-rules', rule({ name: 'Welcome' }));
    const second = await tenant.api.post('/automation-rules', rule());
    const taken = await tenant.api.post('/automation-rules', rule({ name: 'Welcome' }));
    expect([taken.status, taken.body['code']]).toEqual([409, 'duplicate_name']);
    const renamed = await tenant.api.patch(`/automation-rules/${String(second.body['id'])}`, { name: 'Welcome' });
    expect([renamed.status, renamed.body['code']]).toEqual([409, 'duplicate_name']);
    expect((await tenant.api.patch(`/automation-rules/${String(first.body['id'])}`, { name: 'Welcome' })).status).toBe(
      200,
    );

    expect((await tenant.api.delete(`/automation-rules/${String(first.body['id'])}`)).status).toBe(204);
    expect((await tenant.api.delete(`/automation-rules/${String(first.body['id'])}`)).status).toBe(404);
    expect((await tenant.api.get(`/automation-rules/${String(first.body['id'])}`)).status).toBe(404);
    expect((await tenant.api.post('/automation-rules', rule({ name: 'Welcome' }))).status).toBe(201);
  });

  it('shows, changes and deletes nothing of another tenant', async () => {
    const other = await app.tenant();
    const { body } = await other.api.post('/automation-rules', rule());
    const path = `/automation-rules/${String(body['id'])}`;
    expect((await tenant.api.get(path)).status).toBe(404);
    expect((await tenant.api.patch(path, { enabled: false })).status).toBe(404);
    expect((await tenant.api.delete(path)).status).toBe(404);
    expect((await other.api.get(path)).body).toEqual(body);
  });

  it('names channels and templates that are not there, by step', async () => {
    const other = await app.tenant();
    const channels = await other.api.get('/channels');
    const [foreign] = channels.body['data'] as { id: string }[];
    const steps = [
      { type: 'wait', seconds: 1 },
      { type: 'send', channelId: foreign?.id, content: { text: 'x' } },
      { type: 'send', channelType: 'SMS', content: { text: 'x' }, to: 'ada@example.com' },
    ];
    const refused = await tenant.api.post('/automation-rules', rule({ steps }));
    expect(refused.body['errors']).toEqual([
      { pointer: '/steps/1/channelId', message: 'there is no such channel' },
      { pointer: '/steps/2/to', message: expect.any(String) },
    ]);
    const unknown = await tenant.api.post(
      '/automation-rules',
      rule({ steps: [{ type: 'send', channelType: 'SMS', templateId: randomUUID() }] }),
    );
    expect(unknown.body['errors']).toEqual([{ pointer: '/steps/0/templateId', message: 'there is no such template' }]);
  });

  it.each([
    ['/name', { name: undefined }],
    ['/enabled', { enabled: 'yes' }],
    ['/trigger', { trigger: undefined }],
    ['/trigger/event', { trigger: { event: 'no spaces' } }],
    ['/trigger/cron', { trigger: { event: 'a', cron: '* * * * *' } }],
    ['/conditions', { conditions: [] }],
    ['/conditions/all/0/op', { conditions: { all: [{ field: 'a', op: 'regex', value: '(a+)+$' }] } }],
    ['/steps', { steps: [] }],
    ['/steps', { steps: Array.from({ length: 21 }, () => ({ type: 'wait', seconds: 1 })) }],
    ['/steps/0', { steps: [null] }],
    ['/steps/0/type', { steps: [{ type: 'call' }] }],
    ['/steps/0/type', { steps: [{}] }],
    ['/steps/0/seconds', { steps: [{ type: 'wait' }] }],
    ['/steps/0/seconds', { steps: [{ type: 'wait', seconds: 0.5 }] }],
    ['/steps/0/to', { steps: [{ type: 'wait', seconds: 1, to: 'x' }] }],
    ['/steps/0/channelId', { steps: [{ type: 'send', content: { text: 'x' } }] }],
    ['/steps/0/templateId', { steps: [{ type: 'send', channelType: 'SMS' }] }],
    ['/steps/0/content/text', { steps: [{ type: 'send', channelType: 'SMS', content: {} }] }],
    ['/steps/0/seconds', { steps: [{ type: 'send', channelType: 'SMS', content: { text: 'x' }, seconds: 1 }] }],
    ['/steps/0/seconds', { steps: [{ type: 'wait', seconds: 1, until: '09:00' }] }],
    ['/steps/0/until', { steps: [{ type: 'wait', until: '9 o’clock' }] }],
    [
      '/steps/0/variables',
      { steps: [{ type: 'send', channelType: 'SMS', content: { text: 'x' }, variables: { a: 1 } }] },
    ],
    ['/steps/0/conditions', { steps: [{ type: 'branch' }] }],
    ['/steps/0/conditions/op', { steps: [{ type: 'branch', conditions: { field: 'a', op: 'regex', value: 'x' } }] }],
    ['/steps/0/steps/0/seconds', { steps: [branch([{ type: 'wait' }])] }],
    ['/steps/0/steps/0/steps/0/steps/0/steps', { steps: [branch([branch([branch([branch([{ type: 'stop' }])])])])] }],
    [
      '/steps',
      { steps: Array.from({ length: 20 }, () => branch([{ type: 'stop' }, { type: 'stop' }, { type: 'stop' }])) },
    ],
    ['/steps/0/event', { steps: [{ type: 'wait_for_event', seconds: 1 }] }],
    ['/steps/0/seconds', { steps: [{ type: 'wait_for_event', event: 'order.paid' }] }],
    ['/steps/0/event', { steps: [{ type: 'tell_event', event: 'message.sent' }] }],
    ['/steps/0/attributes', { steps: [{ type: 'update_contact' }] }],
    ['/steps/0/segmentId', { steps: [{ type: 'add_to_segment', segmentId: randomUUID() }] }],
    ['/steps/0/url', { steps: [{ type: 'webhook', url: 'ftp://example.com' }] }],
    ['/steps/0/url', { steps: [{ type: 'stop', url: 'https://example.com' }] }],
    ['/exitWhen/event', { exitWhen: {} }],
    ['/exitWhen/conditions/field', { exitWhen: { conditions: { field: '', op: 'eq', value: 1 } } }],
    ['/reentry', { reentry: 'never' }],
    ['/mostPerHour', { mostPerHour: 0 }],
    ['/trigger/event', { trigger: { type: 'event' } }],
    ['/trigger/event', { trigger: { type: 'session', event: 'order.paid' } }],
    ['/trigger/words', { trigger: { type: 'message_received', match: 'exact' } }],
    ['/trigger/words', { trigger: { type: 'message_received', words: ['a'] } }],
    ['/trigger/match', { trigger: { type: 'message_received', match: 'regex', words: ['a'] } }],
    ['/trigger/field', { trigger: { type: 'contact_changed', field: 'password' } }],
    ['/trigger/value', { trigger: { type: 'contact_changed', field: 'language', value: {} } }],
    ['/trigger/at', { trigger: { type: 'date', attribute: 'birthday' } }],
    ['/trigger/days', { trigger: { type: 'date', attribute: 'birthday', at: '09:00', days: 366 } }],
    ['/trigger/recurrence', { trigger: { ...DAILY, recurrence: 'FREQ=SECONDLY' } }],
    ['/trigger/recurrence', { trigger: { ...DAILY, recurrence: 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30' } }],
    ['/trigger/start', { trigger: { ...DAILY, start: '2026-12-01T09:00:00Z' } }],
    ['/trigger/segmentId', { trigger: { ...DAILY, attribute: undefined } }],
    ['/trigger/segmentId', { trigger: { ...DAILY, attribute: undefined, segmentId: randomUUID() } }],
    ['/trigger/days', { trigger: { event: 'order.paid', days: 1 } }],
  ])('names %s when it is wrong: %j', async (pointer, changes) => {
    const refused = await tenant.api.post('/automation-rules', rule(changes));
    expect(refused.status).toBe(422);
    const pointers = (refused.body['errors'] as { pointer: string }[]).map((error) => error.pointer);
    expect(pointers).toContain(pointer);
  });
});
