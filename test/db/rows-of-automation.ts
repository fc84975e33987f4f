import { randomInt } from 'node:crypto';
import { uuidv7 } from '../../src/platform/db/uuid';
import type { Row, TenantIds } from './one-row-each';

type Rows = Readonly<Record<string, (ids: TenantIds, word: string) => Row>>;

const SMS = { channel_type: 'SMS' };

/** Rules, and what became of them. */
export const ROWS_OF_AUTOMATION: Rows = {
  message_automation_rule: (ids, word) => ({ id: ids.rule, name: word, trigger: {}, steps: JSON.stringify([]) }),
  automation_rule_version: (ids) => ({
    rule_id: ids.rule,
    version: 1,
    trigger: {},
    steps: JSON.stringify([]),
    channel_types: ['SMS'],
    hears: ['order.paid'],
  }),
  automation_run: (ids, word) => ({
    id: ids.run,
    rule_id: ids.rule,
    version: 1,
    contact_id: ids.contact,
    cause_key: word,
    position: '0',
    steps_done: 1,
    due_at: new Date(Date.now() + 86_400_000),
  }),
  automation_run_step: (ids) => ({
    run_id: ids.run,
    seq: 1,
    path: '0',
    type: 'send',
    outcome: 'DONE',
    message_id: ids.message,
  }),
  automation_call: (ids) => ({ id: uuidv7(), run_id: ids.run, seq: 1, url: 'https://example.com', body: '{}' }),
};

/** Whom events are told, and what was counted. */
export const ROWS_OF_FIGURES_AND_ENDPOINTS: Rows = {
  webhook_endpoint: (ids) => ({
    id: ids.webhookEndpoint,
    url: 'https://hooks.invalid',
    event_types: ['contact.deleted'],
    secret: 'sealed',
  }),
  webhook_delivery: (ids) => ({
    id: ids.webhookDelivery,
    endpoint_id: ids.webhookEndpoint,
    event_id: uuidv7(),
    type: 'contact.deleted',
    ...SMS,
    contact_id: ids.contact,
    data: {},
    at: new Date(),
    status: 'DELIVERED',
  }),
  webhook_attempt: (ids) => ({ delivery_id: ids.webhookDelivery, attempt_no: randomInt(1, 1_000_000), fence: 1 }),
  kafka_position: () => ({ seq: 0 }),
  communication_analytics: (ids) => ({
    day: '2026-01-01',
    line: randomInt(1_000_000),
    channel_id: ids.channel,
    ...SMS,
  }),
  analytics_quarter: (ids) => ({ at: new Date(0), line: randomInt(1_000_000), channel_id: ids.channel, ...SMS }),
  analytics_total: () => ({ minutes: 60, at: new Date(0), line: randomInt(1_000_000), ...SMS }),
  analytics_due: () => ({ at: new Date(0) }),
  analytics_state: () => ({ timezone: 'UTC', next_at: new Date(0) }),
};
