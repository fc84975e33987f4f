import { randomUUID } from 'node:crypto';
import type { Answer } from '../support/api';
import type { TestTenant } from '../support/app';

export interface Line {
  seq: number;
  path: string;
  type: string;
  outcome: string;
  messageId: string | null;
  facts: Record<string, unknown>;
}

export interface Run {
  id: string;
  status: string;
  version: number;
  depth: number;
  reason: { code: string; detail: string } | null;
  trace: Line[];
}

const ENDED = ['COMPLETED', 'STOPPED', 'CANCELLED', 'FAILED'];

export const send = (text: string, more: object = {}) => ({
  ...{ type: 'send', channelType: 'SMS', content: { text } },
  ...more,
});

export const branch = (field: string, value: unknown, steps: object[], otherwise: object[] = []) => ({
  ...{ type: 'branch', conditions: { field, op: 'eq', value } },
  ...{ steps, otherwise },
});

export const paths = (run: Run | undefined) => run?.trace.map(({ path, outcome }) => `${path} ${outcome}`);

let people = 0;

/** What a tenant does with rules. */
export class RuleStage {
  constructor(readonly tenant: TestTenant) {}

  async rule(steps: object[], more: object = {}): Promise<string> {
    return this.make('/automation-rules', {
      ...{ name: randomUUID(), trigger: { event: 'order.paid' }, steps },
      ...more,
    });
  }

  contact(more: object = {}): Promise<string> {
    return this.make('/contacts', { phone: `+1415555${String(1000 + ++people)}`, ...more });
  }

  tell(name: string, contactId: string | null, payload: object = {}): Promise<string> {
    return this.make('/events', { name, contactId, payload });
  }

  /** Tells an event, and waits until everybody has handled it. */
  async happens(name: string, contactId: string | null, payload: object = {}): Promise<void> {
    const id = await this.tell(name, contactId, payload);
    await this.tenant.api.until(`/events/${id}`, ({ body }) => body['status'] === 'HANDLED');
  }

  /** Runs of a rule, newest first, once there are as many and all of them are as wanted. */
  async runs(ruleId: string, count: number, isWanted = (run: Run) => ENDED.includes(run.status)): Promise<Run[]> {
    const dataOf = ({ body }: Answer) => body['data'] as Run[];
    const answer = await this.tenant.api.until(`/automation-rules/${ruleId}/runs?limit=200`, (each) => {
      const data = dataOf(each);
      return data.length >= count && data.every(isWanted);
    });
    if (dataOf(answer).length !== count) throw new Error(`Not ${count} runs: ${answer.text}`);
    return Promise.all(dataOf(answer).map(({ id }) => this.run(id)));
  }

  async run(id: string): Promise<Run> {
    return (await this.tenant.api.get(`/automation-runs/${id}`)).body as unknown as Run;
  }

  async textsTo(contactId: string): Promise<unknown[]> {
    const { body } = await this.tenant.api.get(`/contacts/${contactId}/timeline`);
    const data = body['data'] as { direction: string; content: { text: string } }[];
    const sent = data.filter(({ direction }) => direction === 'OUTBOUND');
    return sent.map(({ content }) => content.text).reverse();
  }

  private async make(path: string, input: object): Promise<string> {
    const { status, body, text } = await this.tenant.api.post(path, input);
    if (status >= 300) throw new Error(`POST ${path}: ${text}`);
    return String(body['id']);
  }
}
