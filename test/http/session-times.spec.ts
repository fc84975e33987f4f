import { Api, type Answer } from '../support/api';
import { startModel, type Model } from '../support/sentiment-model';
import { openStage, type Stage } from './provider-calls';
import {
  age,
  brings,
  codes,
  found,
  looked,
  note,
  openDesk,
  reply,
  rows,
  session,
  settings,
  writes,
  type Desk,
  type Row,
} from './session-stage';

let stage: Stage;
let desk: Desk;
let model: Model;

beforeAll(async () => {
  model = await startModel('-0.9');
  const { url: SENTIMENT_URL } = model;
  stage = await openStage({ SENTIMENT_URL, SENTIMENT_MODEL: 'small', SENTIMENT_API_KEY: 'model-key' });
});
beforeEach(async () => {
  desk = await openDesk(stage);
});
afterAll(async () => {
  await stage.close();
  await model.close();
});

describe('the time to answer', () => {
  const late = (id: string) =>
    stage.app.sql(`UPDATE communication_session SET due_at = now() - interval '1 second' WHERE id = $1`, [id]);
  const overdueEvents = async () =>
    rows((await desk.tenant.api.get('/events?name=session.overdue')).body).filter(
      ({ source }) => source === 'carillon',
    );

  it('runs from the first message that is not answered, by the tenant’s limits, until the answer', async () => {
    await settings(desk, { firstResponseMinutes: 10, nextResponseMinutes: 60 });
    const { sessionId } = await writes(desk, 'Hello?');
    const first = await session(desk, sessionId);
    const minutes = (from: unknown, to: unknown) => (Date.parse(String(to)) - Date.parse(String(from))) / 60_000;
    expect(first).toMatchObject({ firstRepliedAt: null, firstResponseSeconds: null, overdue: false, overdueAt: null });
    expect(first['waitingSince']).toBe(first['firstInboundAt']);
    expect(minutes(first['waitingSince'], first['dueAt'])).toBe(10);
    await writes(desk, 'Anybody?');
    const still = await session(desk, sessionId);
    expect([still['waitingSince'], still['dueAt']]).toEqual([first['waitingSince'], first['dueAt']]);
    expect(await found(desk, '?waiting=true')).toEqual([sessionId]);

    await reply(desk, sessionId);
    const answered = await session(desk, sessionId);
    expect(answered).toMatchObject({ waitingSince: null, dueAt: null, firstInboundAt: first['firstInboundAt'] });
    expect(answered['firstRepliedAt']).not.toBeNull();
    expect(answered['firstResponseSeconds']).toEqual(expect.any(Number));
    expect(await found(desk, '?waiting=true')).toEqual([]);
    expect(await found(desk, '?waiting=false')).toEqual([sessionId]);

    await writes(desk, 'One more thing');
    const again = await session(desk, sessionId);
    expect(minutes(again['waitingSince'], again['dueAt'])).toBe(60);
    expect(again['firstRepliedAt']).toBe(answered['firstRepliedAt']);

    const closed = await desk.tenant.api.patch(`/sessions/${sessionId}`, { status: 'COMPLETED' });
    expect(closed.body).toMatchObject({ waitingSince: null, dueAt: null, closeSeconds: expect.any(Number) });
  });

  it('is another one on a channel type that has its own', async () => {
    await settings(desk, {
      firstResponseMinutes: 10,
      perChannelType: [{ channelType: 'SMS', firstResponseMinutes: 3 }],
    });
    const { sessionId } = await writes(desk, 'Hello?');
    const { waitingSince, dueAt } = await session(desk, sessionId);
    expect(Date.parse(String(dueAt)) - Date.parse(String(waitingSince))).toBe(180_000);
  });

  it('that went by is told once, shown and found, until somebody answers', async () => {
    await settings(desk, { firstResponseMinutes: 10, nextResponseMinutes: 10 });
    const { sessionId, contactId } = await writes(desk, 'Hello?');
    const other = await writes(desk, 'Hello too', '+14155550997');
    await late(sessionId);
    await desk.tenant.api.until(`/sessions/${sessionId}`, ({ body }) => body['overdue'] === true);
    expect(await found(desk, '?overdue=true')).toEqual([sessionId]);
    expect(await found(desk, '?overdue=false')).toEqual([other.sessionId]);
    await writes(desk, 'Still nobody?');
    const [told, ...more] = await overdueEvents();
    expect(more).toEqual([]);
    expect(told).toMatchObject({ name: 'session.overdue', contactId });
    const event = await desk.tenant.api.get(`/events/${String(told?.['id'])}`);
    expect(JSON.stringify(event.body)).toContain(sessionId);
    expect(JSON.stringify(event.body)).not.toContain(desk.person);

    await reply(desk, sessionId);
    const answered = await session(desk, sessionId);
    expect([answered['overdue'], answered['dueAt']]).toEqual([false, null]);
    expect(answered['overdueAt']).not.toBeNull();
    expect(await found(desk, '?overdue=true')).toEqual([]);

    // The next one that goes by is another one.
    await writes(desk, 'And now?');
    await late(sessionId);
    await desk.tenant.api.until(`/sessions/${sessionId}`, ({ body }) => body['overdue'] === true);
    expect(await overdueEvents()).toHaveLength(2);
  });

  it('is not stopped by a notice, a refused message or a note, and by a scheduled one only when that goes', async () => {
    await settings(desk, { firstResponseMinutes: 10 });
    const { sessionId } = await writes(desk, 'Hello?');
    const waits = async () => (await session(desk, sessionId))['waitingSince'] !== null;
    const send = (body: Row) =>
      desk.tenant.api.post('/messages', { channelId: desk.sms.id, to: desk.person, content: { text: 'x' }, ...body });
    await send({ topic: 'news' });
    await send({ lane: 'bulk' });
    await send({ lane: 'otp' });
    await send({ purpose: 'MARKETING' });
    await note(desk, sessionId, 'later');
    expect(await waits()).toBe(true);
    const later = await send({ scheduledAt: new Date(Date.now() + 3_600_000).toISOString() });
    expect([later.status, await waits()]).toEqual([202, true]);
    await stage.app.sql(`UPDATE scheduled_message SET next_at = now(), scheduled_at = now() WHERE message_id = $1`, [
      later.body['id'],
    ]);
    await desk.tenant.api.message(later.body['id'], 'SENT');
    expect(await waits()).toBe(false);

    await writes(desk, 'Thanks');
    await desk.tenant.api.post('/suppressions', { channelType: 'SMS', address: desk.person });
    const refused = await reply(desk, sessionId);
    expect([refused.body['status'], await waits()]).toEqual(['SUPPRESSED', true]);
  });
});

describe('silence', () => {
  it('ends a conversation after the tenant’s hours, and whoever writes then begins another', async () => {
    const { sessionId } = await writes(desk, 'Hello?');
    await age(desk, 25);
    expect((await session(desk, sessionId))['status']).toBe('ACTIVE');
    await settings(desk, { autoCompleteHours: 24, firstResponseMinutes: 5 });
    const done = await desk.tenant.api.until(`/sessions/${sessionId}`, ({ body }) => body['status'] === 'COMPLETED');
    expect(done.body).toMatchObject({ closedAt: expect.any(String), waitingSince: null, dueAt: null });
    const next = await writes(desk, 'Me again');
    expect(next.sessionId).not.toBe(sessionId);
    expect((await desk.tenant.api.patch(`/sessions/${sessionId}`, { status: 'ACTIVE' })).status).toBe(409);
    await desk.tenant.api.patch(`/sessions/${next.sessionId}`, { status: 'COMPLETED' });
    // Opened again by hand, it is not silent any more.
    await desk.tenant.api.patch(`/sessions/${sessionId}`, { status: 'ACTIVE' });
    expect((await looked(desk, sessionId))['status']).toBe('ACTIVE');
  });

  it('is broken by what goes out, and by what is still to go; not by a note', async () => {
    const { sessionId } = await writes(desk, 'Hello?');
    await age(desk, 30);
    await desk.tenant.api.message((await reply(desk, sessionId)).body['id'], 'SENT');
    await settings(desk, { autoCompleteHours: 24 });
    expect((await looked(desk, sessionId))['status']).toBe('ACTIVE');

    const scheduledAt = new Date(Date.now() + 86_400_000).toISOString();
    const later = await desk.tenant.api.post('/messages', {
      channelId: desk.sms.id,
      to: desk.person,
      content: { text: 'Tomorrow' },
      scheduledAt,
    });
    expect(later.status).toBe(202);
    await age(desk, 30);
    expect((await looked(desk, sessionId))['status']).toBe('ACTIVE');

    await desk.tenant.api.post(`/messages/${String(later.body['id'])}/cancel`);
    await note(desk, sessionId, 'still thinking');
    await age(desk, 30);
    expect((await looked(desk, sessionId))['status']).toBe('COMPLETED');
  });

  it('never leaves two conversations open with one person, or loses what is written at that very moment', async () => {
    await settings(desk, { autoCompleteHours: 24 });
    const crowd = Array.from({ length: 6 }, (_, n) => `+1415556${String(2000 + n)}`);
    const doubled: Row[] = [];
    let isOver = false;
    const ageAgain = async () => {
      while (!isOver) {
        await age(desk, 48);
        doubled.push(
          ...(await stage.app.sql(
            `SELECT counterpart FROM communication_session WHERE tenant_id = $1 AND status IN ('INITIATED', 'ACTIVE', 'PENDING')
             GROUP BY channel_id, counterpart HAVING count(*) > 1`,
            [desk.tenant.tenantId],
          )),
        );
      }
    };
    const ageing = ageAgain();
    const sids: string[] = [];
    for (let round = 0; round < 10; round++)
      sids.push(...(await Promise.all(crowd.map((from) => brings(desk, `round ${round}`, from)))));
    const done = ({ body }: Answer) => rows(body).every(({ status }) => status === 'PROCESSED');
    await desk.tenant.api.until('/webhook-logs?limit=200', done, 25_000).finally(() => (isOver = true));
    await ageing;
    expect(doubled).toEqual([]);
    const [count] = await stage.app.sql<Row>(
      `SELECT (SELECT count(*)::int FROM communication_message WHERE tenant_id = $1 AND provider_message_id = ANY($2)) AS stored,
         (SELECT count(*)::int FROM communication_session WHERE tenant_id = $1 AND status = 'COMPLETED') AS ended,
         (SELECT count(*)::int FROM communication_message m JOIN communication_session s ON s.tenant_id = m.tenant_id
            AND s.id = m.session_id WHERE m.tenant_id = $1 AND m.created_at > s.closed_at - interval '24 hours') AS torn`,
      [desk.tenant.tenantId, sids],
    );
    expect(count).toMatchObject({ stored: sids.length, torn: 0 });
    expect(count?.['ended']).toBeGreaterThan(0);
  });
});

describe('the mood of what people write', () => {
  const mood = async (id: string) =>
    (await desk.tenant.api.until(`/messages/${id}`, ({ body }) => body['sentiment'] !== null)).body['sentiment'] as Row;

  it('is told by word lists where the tenant wants it, on the message and on the conversation with its trend', async () => {
    const before = await writes(desk, 'This is terrible');
    await settings(desk, { sentiment: 'LOCAL' });
    const first = await writes(desk, 'I am very disappointed, the parcel is broken!');
    expect(await mood(first.id)).toMatchObject({ label: 'NEGATIVE' });
    expect((await session(desk, first.sessionId))['sentiment']).toMatchObject({ label: 'NEGATIVE', trend: null });
    const second = await writes(desk, 'Vielen Dank, das hat super geklappt!');
    expect(await mood(second.id)).toMatchObject({ label: 'POSITIVE' });
    const { sentiment } = await session(desk, first.sessionId);
    expect(sentiment).toMatchObject({ label: 'POSITIVE', trend: 'RISING' });
    expect((sentiment as { score: number }).score).toBeGreaterThan(0.25);
    expect((await desk.tenant.api.get(`/messages/${before.id}`)).body['sentiment']).toBeNull();
    expect(model.asked).toEqual([]);
    expect(await mood((await writes(desk, 'Nein, das ist schlecht')).id)).toMatchObject({ label: 'NEGATIVE' });
    expect((await session(desk, first.sessionId))['sentiment']).toMatchObject({ label: 'NEGATIVE', trend: 'FALLING' });
  });

  it('is asked of the operator’s endpoint where the tenant chose it, one message a call and nothing else of the person', async () => {
    await settings(desk, { sentiment: 'ENDPOINT' });
    const { id } = await writes(desk, 'Great. Just great.');
    expect(await mood(id)).toEqual({ label: 'NEGATIVE', score: -0.9 });
    expect(model.asked).toHaveLength(1);
    const [call] = model.asked;
    expect(call?.authorization).toBe('Bearer model-key');
    expect(call?.body).toMatchObject({
      model: 'small',
      messages: [{ role: 'system' }, { role: 'user', content: 'Great. Just great.' }],
    });
    expect(JSON.stringify(call?.body)).not.toContain(desk.person);
  });
});

describe('the settings of conversations', () => {
  const NONE = {
    autoCompleteHours: null,
    firstResponseMinutes: null,
    nextResponseMinutes: null,
    perChannelType: [],
    sentiment: 'OFF',
  };

  it('are nothing at first, change by field, and are in the audit log', async () => {
    expect((await desk.tenant.api.get('/session-settings')).body).toEqual(NONE);
    await settings(desk, { autoCompleteHours: 72, firstResponseMinutes: 15 });
    const changed = await settings(desk, {
      firstResponseMinutes: null,
      perChannelType: [{ channelType: 'EMAIL', nextResponseMinutes: 5 }],
    });
    const EMAIL = { channelType: 'EMAIL', firstResponseMinutes: null, nextResponseMinutes: 5 };
    expect(changed).toEqual({ ...NONE, autoCompleteHours: 72, perChannelType: [EMAIL] });
    expect((await desk.tenant.api.get('/session-settings')).body).toEqual(changed);
    const log = rows((await desk.tenant.api.get('/audit-log?limit=1')).body);
    expect(log).toMatchObject([{ action: 'session_settings.updated' }]);
    const sender = new Api(
      stage.app.url,
      await stage.app.key(desk.tenant.tenantId, ['messages:send', 'messages:read']),
    );
    expect((await sender.patch('/session-settings', { autoCompleteHours: 1 })).status).toBe(403);
  });

  it.each([
    ['/autoCompleteHours', { autoCompleteHours: 0 }],
    ['/autoCompleteHours', { autoCompleteHours: 1.5 }],
    ['/firstResponseMinutes', { firstResponseMinutes: 100_000 }],
    ['/nextResponseMinutes', { nextResponseMinutes: '5' }],
    ['/sentiment', { sentiment: 'LOUD' }],
    ['/sentiment', { sentiment: null }],
    ['/perChannelType/0/channelType', { perChannelType: [{ channelType: 'FAX' }] }],
    ['/perChannelType', { perChannelType: [{ channelType: 'SMS' }, { channelType: 'SMS' }] }],
  ])('refuse at %s what they cannot be', async (pointer, change) => {
    expect(codes(await desk.tenant.api.patch('/session-settings', change))).toEqual([422, pointer]);
    expect((await desk.tenant.api.get('/session-settings')).body).toEqual(NONE);
  });
});
