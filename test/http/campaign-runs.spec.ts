import { CampaignWatch } from '../../src/campaigns/run/campaign-watch';
import { BulkStage, countsOf, isSummed } from './bulk-stage';

let stage: BulkStage;

beforeAll(async () => {
  stage = await BulkStage.open();
});
afterAll(() => stage.app.close());

describe('a bulk send', () => {
  it('writes to every recipient once and ends as COMPLETED', async () => {
    const recipients = stage.people(700);
    const id = await stage.begin({ recipients });
    const done = await stage.ended(id);

    expect(done.body).toMatchObject({
      status: 'COMPLETED',
      reasons: [],
      counts: { total: 700, failed: 0, pending: 0 },
    });
    expect((await stage.sentTo(id)).toSorted()).toEqual(recipients.map(({ to }) => to).toSorted());
    const settled = await stage.until(id, (answer) => countsOf(answer)['delivered'] === 700);
    expect(settled.body['finishedAt']).toEqual(expect.any(String));
  });

  it('sums its counts to the total whenever it is looked at', async () => {
    const id = await stage.begin({ recipients: stage.people(400), rate: { perSecond: 400 } });
    let looks = 0;
    await stage.until(id, (answer) => {
      looks++;
      expect(isSummed(answer)).toBe(true);
      return countsOf(answer)['delivered'] === 400;
    });
    expect(looks).toBeGreaterThan(3);
  });

  it('makes a message of its template for each recipient, in the language of the contact', async () => {
    const name = `greeting ${stage.fresh()}`;
    const words = { name, channelType: 'EMAIL', variables: [{ name: 'code' }] };
    const english = {
      ...words,
      language: 'en',
      subject: 'Hello {{contact.name}}',
      body: 'Code {{code}} {{unsubscribe_url}}',
    };
    const german = { ...words, language: 'de', subject: 'Hallo {{contact.name}}', body: 'Code {{code}}' };
    const template = await stage.tenant.api.post('/templates', english);
    await stage.tenant.api.post('/templates', german);
    const [ada, bob] = stage.people(2).map(({ to }) => to);
    await stage.tenant.api.post('/contacts', { name: 'Ada', email: ada, language: 'de' });
    await stage.tenant.api.post('/contacts', { name: 'Bob', email: bob });
    const recipients = [
      { to: ada, variables: { code: 'A1' } },
      { to: bob, variables: { code: 'B2' } },
    ];
    const id = await stage.begin({ content: undefined, templateId: template.body['id'], recipients });
    await stage.ended(id);

    const { body } = await stage.tenant.api.get(`/bulk-send/${id}/recipients`);
    const messages = await Promise.all(
      (body['data'] as { messageId: string }[]).map(({ messageId }) => stage.tenant.api.get(`/messages/${messageId}`)),
    );
    const subjects = messages.map(({ body: { content } }) => content as { subject: string; text: string });
    expect(subjects.map(({ subject }) => subject).toSorted()).toEqual(['Hallo Ada', 'Hello Bob']);
    expect(subjects.find(({ subject }) => subject === 'Hello Bob')?.text).toMatch(/^Code B2 http.*\/p\//);
  });

  it('fails a recipient whose values do not fit, alone, and says so at the end', async () => {
    const templateId = await stage.template({ body: '{{code}}', variables: [{ name: 'code', required: true }] });
    const [good, bad] = stage.people(2);
    const recipients = [{ ...good, variables: { code: '1' } }, bad];
    const id = await stage.begin({ content: undefined, templateId, recipients });
    const done = await stage.ended(id);

    expect(done.body).toMatchObject({
      status: 'PARTIALLY_FAILED',
      counts: { failed: 1 },
      reasons: [{ status: 'FAILED', reasonCode: 'not_composable', count: 1 }],
    });
    const { body } = await stage.tenant.api.get(`/bulk-send/${id}/recipients?status=FAILED`);
    expect(body['data']).toMatchObject([
      { to: bad?.to, reasonDetail: expect.stringContaining('/variables/code'), messageId: null },
    ]);
  });

  it('asks the gate for each recipient and counts whom it did not write to, with the reason', async () => {
    const [out, ...others] = stage.people(3);
    await stage.tenant.api.post('/suppressions', { channelType: 'EMAIL', address: out?.to, purpose: 'MARKETING' });
    const id = await stage.begin({ recipients: [out, ...others] });
    const done = await stage.ended(id);

    expect(done.body).toMatchObject({
      status: 'COMPLETED',
      counts: { total: 3, suppressed: 1 },
      reasons: [{ status: 'SUPPRESSED', reasonCode: 'suppressed', count: 1 }],
    });
    expect(await stage.sentTo(id)).not.toContain(out?.to);
    const { body } = await stage.tenant.api.get(`/bulk-send/${id}/recipients?status=SUPPRESSED`);
    expect(body['data']).toMatchObject([{ to: out?.to, messageId: expect.any(String) }]);
  });

  it('lists the recipients of each status, page by page, and every one in one of them', async () => {
    const id = await stage.begin({ recipients: [...stage.people(7), { to: 'nobody+fail-permanent@example.com' }] });
    await stage.ended(id);
    await stage.until(id, (answer) => countsOf(answer)['delivered'] === 7);
    const found: unknown[] = [];
    for (const status of ['DELIVERED', 'FAILED', 'PENDING', 'CANCELLED'])
      for (let cursor = '', more = true; more;) {
        const { body } = await stage.tenant.api.get(`/bulk-send/${id}/recipients?status=${status}&limit=3${cursor}`);
        const data = body['data'] as { status: string; to: string }[];
        expect(data.every((row) => row.status === status)).toBe(true);
        found.push(...data.map(({ to }) => to));
        const { next } = body['page'] as { next: string | null };
        more = next !== null;
        cursor = `&cursor=${next}`;
      }
    expect(new Set(found).size).toBe(8);
    expect(found).toHaveLength(8);
  });
});

describe('pausing and cancelling', () => {
  it('starts nothing more once the pause has answered, and resumes with exactly the others', async () => {
    const recipients = stage.people(300);
    const id = await stage.begin({ recipients, rate: { perSecond: 150 } });
    await stage.until(id, (answer) => (countsOf(answer)['pending'] ?? 0) + (countsOf(answer)['queued'] ?? 0) < 280);
    const paused = await stage.act(id, 'pause');
    expect(paused.body['status']).toBe('PAUSED');
    const before = (await stage.sentTo(id)).length;
    expect(before).toBeLessThan(300);
    // Another message goes all its way meanwhile, so the workers had their chance.
    const other = { channelType: 'EMAIL', to: stage.people(1)[0]?.to, content: { text: 'meanwhile' } };
    await stage.tenant.api.message((await stage.tenant.api.post('/messages', other)).body['id'], 'DELIVERED');
    expect((await stage.sentTo(id)).length).toBe(before);

    expect((await stage.act(id, 'resume')).body['status']).toBe('RUNNING');
    await stage.ended(id);
    expect((await stage.sentTo(id)).toSorted()).toEqual(recipients.map(({ to }) => to).toSorted());
  });

  it('tells of a message that it waits for a bulk send which is paused', async () => {
    const id = await stage.begin({ recipients: stage.people(200), rate: { perSecond: 20 } });
    await stage.until(id, (answer) => (countsOf(answer)['queued'] ?? 0) > 0);
    await stage.act(id, 'pause');
    type Row = { messageId: string; reasonCode: string };
    const path = `/bulk-send/${id}/recipients?status=QUEUED&limit=200`;
    const { body } = await stage.tenant.api.until(path, (answer) =>
      (answer.body['data'] as Row[]).every(({ reasonCode }) => reasonCode === 'campaign_paused'),
    );
    const [first] = body['data'] as Row[];
    const why = await stage.tenant.api.get(`/messages/${first?.messageId}/why`);
    expect(why.body).toMatchObject({ status: 'QUEUED', reason: { code: 'campaign_paused' } });
    await stage.act(id, 'cancel');
  });

  it('ends for good when it is cancelled: who waited is cancelled, who was written to is not', async () => {
    const id = await stage.begin({ recipients: stage.people(200), rate: { perSecond: 10 } });
    await stage.until(id, (answer) => (countsOf(answer)['delivered'] ?? 0) > 0);
    const cancelled = await stage.act(id, 'cancel');
    expect(cancelled.body['status']).toBe('CANCELLED');
    const settled = await stage.until(id, (answer) => countsOf(answer)['queued'] === 0);
    expect(isSummed(settled)).toBe(true);
    const { total = 0, cancelled: called = 0, pending } = countsOf(settled);
    expect([total, pending]).toEqual([200, 0]);
    expect(called + (await stage.sentTo(id)).length).toBe(200);
    const listed = await stage.tenant.api.get(`/bulk-send/${id}/recipients?status=CANCELLED&limit=200`);
    expect(listed.body['data']).toHaveLength(called);
    expect((await stage.act(id, 'resume')).status).toBe(409);
    expect((await stage.act(id, 'start')).status).toBe(409);
  });

  it.each([
    ['pause', 409],
    ['resume', 409],
    ['retry-failed', 409],
    ['cancel', 200],
  ])('answers %s of a draft with %i', async (action, status) => {
    expect((await stage.act(await stage.create(), action, action === 'retry-failed' ? {} : undefined)).status).toBe(
      status,
    );
  });

  it('starts nothing that has no recipients', async () => {
    const id = await stage.create({ recipients: [] });
    expect((await stage.act(id, 'start')).body).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('waits for its time, and can be paused before', async () => {
    const id = await stage.begin({ scheduledAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect((await stage.tenant.api.get(`/bulk-send/${id}`)).body['status']).toBe('SCHEDULED');
    expect((await stage.act(id, 'pause')).body['status']).toBe('PAUSED');
    expect((await stage.act(id, 'resume')).body['status']).toBe('SCHEDULED');
    await stage.app.sql(`UPDATE bulk_message_campaign SET scheduled_at = now() - interval '1 second' WHERE id = $1`, [
      id,
    ]);
    expect((await stage.ended(id)).body['status']).toBe('COMPLETED');
  });

  it('sends nothing that was due more than an hour ago before somebody says so', async () => {
    const id = await stage.begin({ scheduledAt: new Date(Date.now() + 3_600_000).toISOString() });
    await stage.app.sql(`UPDATE bulk_message_campaign SET scheduled_at = now() - interval '2 hours' WHERE id = $1`, [
      id,
    ]);
    const missed = await stage.until(id, ({ body }) => body['status'] === 'PAUSED');
    expect(missed.body['reason']).toMatchObject({ code: 'missed' });
    expect((await stage.act(id, 'resume')).body).toMatchObject({ status: 'PREPARING', reason: null });
    await stage.ended(id);
  });
});

describe('what fails', () => {
  it('is tried again by its reason, and nobody else is touched', async () => {
    const templateId = await stage.template({ body: '{{code}}', variables: [{ name: 'code', required: true }] });
    const refused = { to: `refused${stage.fresh()}+fail-permanent@example.com`, variables: { code: '1' } };
    const [good, unfit] = stage.people(2);
    const id = await stage.begin({
      content: undefined,
      templateId,
      recipients: [{ ...good, variables: { code: '1' } }, refused, unfit],
    });
    const done = await stage.ended(id);
    const reasons = done.body['reasons'] as { reasonCode: string }[];
    expect(reasons).toHaveLength(2);
    const before = await stage.sentTo(id);

    await stage.tenant.api.patch(`/templates/${templateId}`, { variables: [{ name: 'code', default: 'none' }] });
    const again = await stage.act(id, 'retry-failed', { reasons: ['not_composable'] });
    expect(again.body).toMatchObject({ status: 'RUNNING', retried: 1 });
    const after = await stage.ended(id);
    expect(after.body).toMatchObject({ status: 'PARTIALLY_FAILED', counts: { failed: 1 } });
    expect(new Set(await stage.sentTo(id))).toEqual(new Set([...before, unfit?.to]));

    expect((await stage.act(id, 'retry-failed', {})).body).toMatchObject({ retried: 1 });
    await stage.ended(id);
    expect((await stage.sentTo(id)).filter((to) => to === refused.to)).toHaveLength(2);
  });

  it('makes a bulk send FAILED when nothing of it went out', async () => {
    const id = await stage.begin({ recipients: [{ to: `nobody${stage.fresh()}+fail-permanent@example.com` }] });
    expect((await stage.ended(id)).body['status']).toBe('FAILED');
  });

  it('pauses a bulk send whose mails come back, and says why', async () => {
    const bouncing = Array.from({ length: 20 }, () => ({ to: `gone${stage.fresh()}+bounce@example.com` }));
    const id = await stage.begin({
      recipients: [...bouncing, ...stage.people(600)],
      rate: { perSecond: 20 },
      autoPause: { bouncePercent: 5, minimum: 10 },
    });
    const paused = await stage.until(id, ({ body }) => body['status'] === 'PAUSED');
    expect(paused.body['reason']).toMatchObject({ code: 'bounce_rate', detail: expect.stringContaining('5 %') });
    await stage.act(id, 'cancel');
  });

  it('does not pause one by itself that was cancelled meanwhile', async () => {
    const id = await stage.create();
    await stage.act(id, 'cancel');
    const reason = { code: 'bounce_rate', detail: 'Too many.' };
    await stage.app.runtime.app.get(CampaignWatch).pause(stage.tenant.tenantId, id, reason);
    expect((await stage.tenant.api.get(`/bulk-send/${id}`)).body).toMatchObject({ status: 'CANCELLED', reason: null });
  });

  it('pauses a bulk send whose template is gone, instead of failing everybody', async () => {
    const templateId = await stage.template({});
    const id = await stage.create({ content: undefined, templateId });
    await stage.tenant.api.delete(`/templates/${templateId}`);
    await stage.act(id, 'start');
    const paused = await stage.until(id, ({ body }) => body['status'] === 'PAUSED');
    expect(paused.body).toMatchObject({ reason: { code: 'template_unusable' }, counts: { pending: 3, failed: 0 } });
  });
});
