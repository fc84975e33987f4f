import { randomBytes, randomInt } from 'node:crypto';
import { RollUps } from '../../src/analytics/roll-ups';
import { markDue } from '../../src/analytics/roll-up.queries';
import { MessageEvents } from '../../src/messages/events/message-events';
import { TenantDb, type Tx } from '../../src/platform/db/tenant-db';
import type { ProviderEvent } from '../../src/providers/provider';
import { exactStats } from '../support/exact-stats';
import { startApp, type TestApp, type TestTenant } from '../support/app';

type Told = { key: string | null; responseTimeP50: number | null; responseTimeP95: number | null };

/** Berlin has whole hours, India a half, Chatham three quarters and a change of its own. */
const ZONES = ['Europe/Berlin', 'Asia/Kolkata', 'Pacific/Chatham', 'America/Havana'];
const GROUPINGS = ['day', 'channel', 'channelType', 'provider', 'template', 'campaign'];
const SEASONS = ['2026-03-27T12:00:00Z', '2026-10-24T00:00:00Z', '2026-10-31T00:00:00Z'];
const PERIODS = [
  ['2026-01-01T00:00:00Z', '2026-12-01T00:00:00Z'],
  ['2026-03-28T21:37:12.345Z', '2026-10-25T09:03:00.001Z'],
  ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
  ['2026-10-25T00:10:00Z', '2026-10-25T00:12:00Z'],
] as const;
const MESSAGES = 2_000;
const EVENTS = 1_200;

describe('roll-ups', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let rollUps: RollUps;
  let db: TenantDb;
  let channels: { id: string; channelType: string }[];
  let outbound: string[];

  beforeAll(async () => {
    app = await startApp({ ROLE: 'api' });
    rollUps = app.runtime.app.get(RollUps);
    db = app.runtime.app.get(TenantDb);
    tenant = await app.tenant();
    await tenant.api.patch('/consent-settings', { timezone: 'Europe/Berlin' });
    channels = await app.sql(
      'SELECT id, channel_type AS "channelType" FROM communication_channel WHERE tenant_id = $1',
      [tenant.tenantId],
    );
    await plantWorld();
    outbound = (
      await app.sql<{ id: string }>(
        `SELECT id FROM communication_message WHERE tenant_id = $1 AND direction = 'OUTBOUND'`,
        [tenant.tenantId],
      )
    ).map(({ id }) => id);
  });
  afterAll(() => app.close());

  /** Conversations with messages both ways, around the changes of the clock. */
  async function plantWorld(): Promise<void> {
    const seed = await tenant.api.post('/messages', {
      channelType: 'SMS',
      to: '+14155550100',
      content: { text: 'Hi' },
    });
    const { contactId } = (await tenant.api.get(`/messages/${String(seed.body['id'])}`)).body;
    for (const { id, channelType } of channels)
      await app.sql(
        `INSERT INTO communication_session (tenant_id, id, channel_id, channel_type, contact_id, counterpart, direction, status,
           last_inbound_at)
         SELECT $1, gen_random_uuid(), $2, $3, $4, 'person ' || n, 'OUTBOUND', 'ACTIVE', CASE WHEN n % 3 > 0 THEN now() END
         FROM generate_series(1, 10) n`,
        [tenant.tenantId, id, channelType, contactId],
      );
    const rows = Array.from({ length: MESSAGES }, () => {
      const begin = Date.parse(SEASONS[randomInt(SEASONS.length)] ?? '');
      return { at: new Date(begin + randomInt(3 * 86_400_000)).toISOString(), ...odds() };
    });
    await plant(rows);
  }

  const odds = () => ({ tail: randomBytes(8).toString('hex'), n: randomInt(1_000) });

  async function plant(rows: object[]): Promise<void> {
    await app.sql(
      `INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type,
         direction, lane, purpose, from_address, to_address, message_type, content, delivery, status, created_at, sent_at,
         template_id, campaign_id, cost_amount, cost_currency)
       SELECT $1, (lpad(to_hex((extract(epoch FROM r.at) * 1000)::bigint), 12, '0') || '7' || substr(r.tail, 1, 3) || '8' ||
           substr(r.tail, 2, 15))::uuid,
         s.id, s.contact_id, s.channel_id, s.channel_type, 'sandbox', d.direction, 'transactional', 'TRANSACTIONAL', 'a', 'b',
         'TEXT', '{}', 'at_least_once', d.status, r.at, CASE WHEN d.status = 'SENT' THEN r.at END,
         ('00000000-0000-7000-8000-00000000000' || r.n % 4)::uuid, NULL,
         CASE WHEN r.n % 5 < 2 AND d.status = 'SENT' THEN 0.0075 END, CASE WHEN r.n % 5 < 2 THEN (ARRAY['USD', 'EUR'])[1 + r.n % 2] END
       FROM jsonb_to_recordset($2::jsonb) AS r(at timestamptz, tail text, n int)
       JOIN LATERAL (SELECT * FROM communication_session WHERE tenant_id = $1 AND counterpart <> '+14155550100'
         ORDER BY md5(r.tail || id::text) LIMIT 1) s ON true
       CROSS JOIN LATERAL (SELECT CASE WHEN s.last_inbound_at IS NOT NULL AND r.n % 3 = 0 THEN 'INBOUND' ELSE 'OUTBOUND' END
         AS direction, CASE WHEN s.last_inbound_at IS NOT NULL AND r.n % 3 = 0 THEN 'RECEIVED' WHEN r.n % 7 = 0 THEN 'QUEUED'
         ELSE 'SENT' END AS status) d`,
      [tenant.tenantId, JSON.stringify(rows)],
    );
  }

  async function settle(): Promise<void> {
    while ((await rollUps.rollUp(tenant.tenantId)) > 0);
  }

  const pick = <T>(list: readonly T[]): T => list[randomInt(list.length)] as T;

  /** What a provider could say of a message, in no order. */
  function someEvent(): { channelId: string; event: Extract<ProviderEvent, { kind: 'status' | 'engagement' }> } {
    const messageId = pick(outbound);
    const at = new Date(Date.parse('2026-11-01T00:00:00Z') + randomInt(1_000_000));
    const eventKey = randomBytes(8).toString('hex');
    const channelId = channelOf.get(messageId) ?? '';
    if (randomInt(3) === 0)
      return {
        channelId,
        event: { kind: 'engagement', eventKey, ref: messageId, action: pick(['OPENED', 'CLICKED']), at },
      };
    const status = pick(['SENT', 'DELIVERED', 'READ', 'FAILED'] as const);
    const cost = randomInt(4) === 0 ? { cost: { amount: '0.02', currency: pick(['USD', 'EUR']) } } : {};
    return { channelId, event: { kind: 'status', eventKey, ref: messageId, status, at, ...cost } };
  }
  const channelOf = new Map<string, string>();

  async function apply(tx: Tx, { channelId, event }: ReturnType<typeof someEvent>): Promise<void> {
    const events = app.runtime.app.get(MessageEvents);
    if (event.kind === 'status') await events.status(tx, channelId, event);
    else await events.engagement(tx, channelId, event);
  }

  /** Compares what the API says with every figure from the messages; percentiles within the one percent that is promised. */
  async function expectExact(zones = ZONES, groupings = GROUPINGS): Promise<void> {
    for (const [from, to] of PERIODS)
      for (const groupBy of groupings)
        for (const timezone of groupBy === 'day' ? zones : zones.slice(0, 1)) {
          const asked = { tenantId: tenant.tenantId, from: new Date(from), to: new Date(to), groupBy, timezone };
          const exact = await exactStats(app.sql, asked);
          const query = new URLSearchParams({ from, to, groupBy, timezone }).toString();
          const { body } = await tenant.api.get(`/stats?${query}`);
          const told = byKey(body['data'] as Told[]);
          const wanted = byKey(exact).map(({ p50, p95, ...figures }) =>
            expect.objectContaining({ ...figures, responseTimeP50: within(p50), responseTimeP95: within(p95) }),
          );
          expect({ query, rows: told }).toEqual({ query, rows: wanted });
        }
  }

  const byKey = <T extends { key: string | null }>(rows: readonly T[]): T[] =>
    rows.toSorted((a, b) => String(a.key).localeCompare(String(b.key)));

  /** Nothing where nothing was answered, and else at most one percent beside. */
  const within = (seconds: number | null): unknown =>
    seconds === null ? null : { asymmetricMatch: (told: unknown) => Math.abs(Number(told) - seconds) <= seconds / 100 };

  it('are not needed to answer: what was not rolled up yet is counted while somebody waits', async () => {
    await expectExact(ZONES.slice(0, 1), ['day', 'template']);
  });

  it('equal a full recount, by day in zones of whole, half and quarter hours across changes of the clock', async () => {
    await settle();
    await expectExact();
    expect(await app.sql('SELECT 1 FROM analytics_due WHERE tenant_id = $1', [tenant.tenantId])).toEqual([]);
  });

  it('equal it after late, repeated and shuffled events, while they come and after', async () => {
    for (const { id, channel } of await app.sql<{ id: string; channel: string }>(
      'SELECT id, channel_id AS channel FROM communication_message WHERE tenant_id = $1',
      [tenant.tenantId],
    ))
      channelOf.set(id, channel);
    const events = Array.from({ length: EVENTS }, someEvent);
    const arrivals = [...events, ...events.slice(0, EVENTS / 2)].map((each) => ({ each, place: Math.random() }));
    const shuffled = arrivals.sort((a, b) => a.place - b.place).map(({ each }) => each);
    for (let begin = 0; begin < shuffled.length; begin += 100) {
      await db.run(tenant.tenantId, async (tx) => {
        for (const each of shuffled.slice(begin, begin + 100)) await apply(tx, each);
      });
      if (begin % 500 === 0) await rollUps.rollUp(tenant.tenantId);
      if (begin === 700) await expectExact(ZONES.slice(0, 2), ['day', 'channel']);
    }
    await settle();
    await expectExact();
  });

  it('follow messages that come late into old conversations, and change whether others were answered', async () => {
    const late = Array.from({ length: 60 }, () => ({
      at: new Date(Date.parse('2026-10-25T00:00:00Z') + randomInt(6 * 3_600_000)).toISOString(),
    }));
    for (const row of late)
      await plant([
        { ...row, ...odds() },
        { ...row, ...odds() },
      ]);
    await settle();
    await expectExact(ZONES.slice(0, 1));
  });

  it('count opt-outs on the day they were made, however late they are told of', async () => {
    await app.sql(
      `INSERT INTO consent_event (tenant_id, id, channel_type, address, action, purpose, source, message_id, at)
       SELECT $1, gen_random_uuid(), m.channel_type, 'x', 'OPTED_OUT', 'ALL', 'STOP', m.id, timestamptz '2026-10-25 00:30Z'
       FROM communication_message m WHERE m.tenant_id = $1 AND direction = 'OUTBOUND' ORDER BY id LIMIT 3`,
      [tenant.tenantId],
    );
    await app.sql(
      `INSERT INTO consent_event (tenant_id, id, channel_type, address, action, purpose, source, at)
       VALUES ($1, gen_random_uuid(), 'SMS', 'y', 'OPTED_OUT', 'ALL', 'STOP', '2026-03-29 01:00Z')`,
      [tenant.tenantId],
    );
    await expectExact(ZONES.slice(0, 1));
    await settle();
    await expectExact(ZONES.slice(0, 1));
    const { body } = await tenant.api.get('/stats?from=2026-03-29T00:00:00Z&to=2026-10-26T00:00:00Z');
    expect(body['total']).toMatchObject({ unsubscribed: 4 });
  });

  it('say the same when everything is counted once more', async () => {
    const picture = () =>
      Promise.all(
        ['communication_analytics', 'analytics_quarter', 'analytics_total'].map((table) =>
          app.sql(
            `SELECT md5(string_agg(line, E'\\n' ORDER BY line)) AS hash, count(*) FROM (SELECT (to_jsonb(r) - 'line' - 'updated_at')::text
               AS line FROM ${table} r WHERE tenant_id = $1) lines`,
            [tenant.tenantId],
          ),
        ),
      );
    const before = await picture();
    await db.run(tenant.tenantId, (tx) =>
      markDue(tx, { from: new Date('2026-10-24T00:05:00Z'), to: new Date('2026-10-28T00:00:00Z') }),
    );
    await settle();
    expect(await picture()).toEqual(before);
  });

  it('follow the tenant to another time zone', async () => {
    await tenant.api.patch('/consent-settings', { timezone: 'America/Havana' });
    await expectExact(ZONES, ['day']);
    await rollUps.rollUp(tenant.tenantId);
    await expectExact(ZONES, ['day', 'provider']);
    const { body } = await tenant.api.get('/stats?from=2026-10-31T00:00:00Z&to=2026-11-02T00:00:00Z');
    expect(body['timezone']).toBe('America/Havana');
  });

  it('mark nothing when a message is only claimed', async () => {
    await app.sql('DELETE FROM analytics_due');
    await app.sql(
      `UPDATE communication_message SET status = 'SENDING' WHERE tenant_id = $1 AND status = 'QUEUED'
      AND sent_at IS NULL AND num_nonnulls(delivered_at, read_at, opened_at, clicked_at, cost_amount) = 0`,
      [tenant.tenantId],
    );
    expect(await app.sql('SELECT 1 FROM analytics_due')).toEqual([]);
  });
});
