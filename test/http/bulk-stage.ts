import { startApp, type TestApp, type TestTenant } from '../support/app';
import type { Answer } from '../support/api';

const ENDED = ['COMPLETED', 'PARTIALLY_FAILED', 'FAILED', 'CANCELLED'];

/** An application with a tenant that sends in bulk through the sandbox. */
export class BulkStage {
  private made = 0;

  private constructor(
    readonly app: TestApp,
    readonly tenant: TestTenant,
  ) {}

  static async open(): Promise<BulkStage> {
    const app = await startApp();
    return new BulkStage(app, await app.tenant());
  }

  /** A number that no other thing of the stage has. */
  fresh(): number {
    return ++this.made;
  }

  /** Addresses that the sandbox delivers to, never the same ones twice. */
  people(count: number, domain = 'example.com'): { to: string }[] {
    return Array.from({ length: count }, () => ({ to: `person${this.fresh()}@${domain}` }));
  }

  bulk(changes: object = {}): object {
    return {
      name: 'Spring',
      channelType: 'EMAIL',
      content: { subject: 'Spring', text: 'It is here.' },
      recipients: this.people(3),
      ...changes,
    };
  }

  async create(changes: object = {}): Promise<string> {
    const { status, body, text } = await this.tenant.api.post('/bulk-send', this.bulk(changes));
    if (status !== 202) throw new Error(text);
    return String(body['id']);
  }

  begin(changes: object = {}): Promise<string> {
    return this.create({ start: true, ...changes });
  }

  act(id: string, action: string, body?: object): Promise<Answer> {
    return this.tenant.api.post(`/bulk-send/${id}/${action}`, body);
  }

  until(id: string, wanted: (answer: Answer) => boolean): Promise<Answer> {
    return this.tenant.api.until(`/bulk-send/${id}`, wanted, 20_000);
  }

  ended(id: string): Promise<Answer> {
    return this.until(id, ({ body }) => ENDED.includes(String(body['status'])));
  }

  /** Addresses that were written to, once for each attempt. */
  async sentTo(id: string): Promise<string[]> {
    const rows = await this.app.sql<{ to: string }>(
      `SELECT m.to_address AS to FROM communication_message m
       JOIN message_attempt a ON a.tenant_id = m.tenant_id AND a.message_id = m.id WHERE m.campaign_id = $1`,
      [id],
    );
    return rows.map(({ to }) => to);
  }

  async template(changes: object): Promise<string> {
    const words = { name: `bulk ${this.fresh()}`, channelType: 'EMAIL', subject: 'Hello', body: 'Hello' };
    return String((await this.tenant.api.post('/templates', { ...words, ...changes })).body['id']);
  }
}

export function countsOf({ body }: Answer): Record<string, number> {
  return body['counts'] as Record<string, number>;
}

/** Whether every recipient stands in one of the counts. */
export function isSummed(answer: Answer): boolean {
  const { total, ...states } = countsOf(answer);
  return total === Object.values(states).reduce((sum, n) => sum + n, 0);
}
