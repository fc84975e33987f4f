import { setTimeout as pause } from 'node:timers/promises';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { printScore, size } from './scoreboard';

const RECIPIENTS = Number(process.env['CAMPAIGN_RECIPIENTS'] ?? size({ short: 3_000, full: 50_000 }));
/** For so long they are asked for, where the bulk send takes longer: a million would take many minutes. */
const MOST_SECONDS = Number(process.env['OTP_SECONDS'] ?? Infinity);
const OTP_EVERY_MS = 50;
const ENDS = ['COMPLETED', 'PARTIALLY_FAILED', 'FAILED'];
const PATIENCE_MS = 900_000;

describe('one-time passwords', () => {
  let app: TestApp;
  let busy: TestTenant;
  let other: TestTenant;

  beforeAll(async () => {
    app = await startApp({ RATE_LIMIT_PER_MINUTE: '100000' });
    busy = await app.tenant();
    other = await app.tenant();
  });
  afterAll(() => app.close());

  it(
    'of one tenant go out while the bulk send of another runs',
    async () => {
      const made = await busy.api.post('/bulk-send', {
        name: 'Everybody',
        channelType: 'EMAIL',
        content: { subject: 'News', text: 'All that is new.' },
        recipients: [],
      });
      const id = String(made.body['id']);
      await app.sql(
        `INSERT INTO bulk_message_recipient (tenant_id, campaign_id, recipient_key)
         SELECT $1, $2, 'member' || n || '@example.com' FROM generate_series(1, $3::int) n`,
        [busy.tenantId, id, RECIPIENTS],
      );
      await busy.api.post(`/bulk-send/${id}/start`);
      const until = performance.now() + MOST_SECONDS * 1_000;
      let asked = 0;
      for (let status = 'RUNNING'; !ENDS.includes(status) && performance.now() < until; asked++) {
        const to = `person${asked}@example.com`;
        const otp = { channelType: 'EMAIL', to, lane: 'otp', content: { text: `Your code is ${asked}.` } };
        expect((await other.api.post('/messages', otp)).status).toBe(202);
        await pause(OTP_EVERY_MS);
        if (asked % 20 === 0) status = String((await busy.api.get(`/bulk-send/${id}`)).body['status']);
      }
      if (MOST_SECONDS < Infinity) await busy.api.post(`/bulk-send/${id}/cancel`);
      await other.api.until('/messages?status=QUEUED', ({ body }) => (body['data'] as unknown[]).length === 0);
      const [figures] = await app.sql<{ sent: number; p50: number; p99: number; most: number; during: number }>(
        `SELECT count(*)::int AS sent, count(*) FILTER (WHERE ms < 1000)::int AS during,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::int AS p50,
           percentile_cont(0.99) WITHIN GROUP (ORDER BY ms)::int AS p99, max(ms)::int AS most
         FROM (SELECT extract(epoch FROM a.dispatched_at - m.created_at) * 1000 AS ms FROM communication_message m
           JOIN message_attempt a ON a.tenant_id = m.tenant_id AND a.message_id = m.id AND a.attempt_no = 1
           WHERE m.tenant_id = $1 AND m.lane = 'otp') waits`,
        [other.tenantId],
      );
      const [bulk] = await app.sql<{ perSecond: number }>(
        `SELECT (count(*) / extract(epoch FROM max(a.dispatched_at) - min(a.dispatched_at)))::int AS "perSecond"
         FROM communication_message m JOIN message_attempt a ON a.tenant_id = m.tenant_id AND a.message_id = m.id
         WHERE m.campaign_id = $1`,
        [id],
      );
      printScore('one-time passwords beside a bulk send', { recipients: RECIPIENTS, asked, ...figures, ...bulk });
      expect(figures?.sent).toBe(asked);
    },
    PATIENCE_MS,
  );
});
