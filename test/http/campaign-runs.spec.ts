import { startApp, type TestApp, type TestTenant } from '../support/app';
import type { Answer } from '../support/api';

const ENDED = ['COMPLETED', 'PARTIALLY_FAILED', 'FAILED', 'CANCELLED'];

/** Addresses of the sandbox that are delivered. */
const people = (count: number, from = 0) =>
  Array.from({ length: count }, (_, i) => ({ to: `person${from + i}@example.com` }));

describe('bulk sends at work', () => {
  let app: TestApp;
  let tenant: TestTenant;

  beforeAll(async () => {
    app = await startApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  const begin = async (changes: object = {}): Promise<string> => {
    const made = await tenant.api.post('/bulk-send', {
      name: 'Spring',
      channelType: 'EMAIL',
      content: { subject: 'Spring', text: 'It is here.' },
      recipients: people(3),
      start: true,
      ...changes,
    });
    expect(made.status).toBe(202);
    return String(made.body['id']);
  };
  const countsOf = ({ body }: Answer) => body['counts'] as Record<string, number>;
  const ended = (id: string) =>
    tenant.api.until(`/bulk-send/${id}`, ({ body }) => ENDED.includes(String(body['status'])));

  it('writes to every recipient once and ends as COMPLETED', async () => {
    const id = await begin({ recipients: people(1_200) });
    const done = await ended(id);
    expect(done.body['status']).toBe('COMPLETED');
    const { total = 0, sent = 0, delivered = 0 } = countsOf(done);
    expect([total, sent + delivered]).toEqual([1_200, 1_200]);
    const sent2 = await app.sql(
      `SELECT to_address, count(*) FROM communication_message WHERE campaign_id = $1 GROUP BY 1`,
      [id],
    );
    expect(sent2).toHaveLength(1_200);
  });
});
