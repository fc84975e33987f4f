import { newTenantIds, rowOf, TENANT_TABLES, type Row, type TenantIds } from '../db/one-row-each';

/** A person with something in every table that can hold something of a person. */
export interface SeededPerson {
  ids: TenantIds;
  /** E-mail address and phone number. */
  email: string;
  phone: string;
  /** A text that says where it was put: nothing else holds it. */
  canary(table: string, column: string): string;
}

interface Decision {
  /** Rows of the table that are about the person, with a canary in every text that can be. */
  row(person: SeededPerson): Row;
  /** The list of the export in which they stand, or why they stand in none. */
  exported: { in: string } | { not: string };
  /** Why something of the person is left after the erasure. */
  left?: string;
}

const LATER = new Date(Date.now() + 30 * 86_400_000);
const IDS_ONLY = 'holds ids and times only';

/** What each table holds of a person. A table that is missing here, and in NOTHING_OF_A_PERSON, fails the test. */
export const OF_A_PERSON: Readonly<Record<string, Decision>> = {
  contact: {
    row: ({ canary }) => ({
      external_id: canary('contact', 'external_id'),
      name: canary('contact', 'name'),
      language: 'sv',
      timezone: 'Europe/Stockholm',
      attributes: { fact: canary('contact', 'attributes') },
      external_references: JSON.stringify([{ system: 'crm', id: canary('contact', 'external_references') }]),
    }),
    exported: { in: 'contacts' },
  },
  contact_identity: {
    row: ({ email }) => ({ channel_type: 'EMAIL', address: email }),
    exported: { in: 'identities' },
  },
  contact_communication_preference: {
    row: ({ canary }) => ({
      reason: canary('contact_communication_preference', 'reason'),
      channels: { EMAIL: { allowed: true, source: canary('contact_communication_preference', 'channels') } },
    }),
    exported: { in: 'preferences' },
  },
  suppression: {
    row: ({ email, canary }) => ({ channel_type: 'EMAIL', address: email, source: canary('suppression', 'source') }),
    exported: { in: 'suppressions' },
  },
  consent_event: {
    row: ({ email, canary }) => ({
      channel_type: 'EMAIL',
      address: email,
      source: canary('consent_event', 'source'),
      ip: canary('consent_event', 'ip'),
      user_agent: canary('consent_event', 'user_agent'),
      detail: { answer: canary('consent_event', 'detail') },
      actor: 'key:1',
    }),
    exported: { in: 'consentEvents' },
  },
  communication_session: {
    row: ({ email, canary }) => ({
      channel_type: 'EMAIL',
      counterpart: email,
      subject: canary('communication_session', 'subject'),
      labels: [canary('communication_session', 'labels')],
      external_references: JSON.stringify([
        { system: 'crm', id: canary('communication_session', 'external_references') },
      ]),
    }),
    exported: { in: 'sessions' },
  },
  communication_message: {
    row: ({ email, canary }) => ({
      channel_type: 'EMAIL',
      to_address: email,
      content: { text: canary('communication_message', 'content') },
      reason_detail: canary('communication_message', 'reason_detail'),
      reason_rule: { source: canary('communication_message', 'reason_rule') },
      client_reference: canary('communication_message', 'client_reference'),
      metadata: { order: canary('communication_message', 'metadata') },
      in_reply_to: canary('communication_message', 'in_reply_to'),
      provider_message_id: 'provider-1',
      dead_at: new Date(),
    }),
    exported: { in: 'messages' },
  },
  message_attempt: {
    row: ({ canary }) => ({ fault_message: canary('message_attempt', 'fault_message'), settled_at: new Date() }),
    exported: { in: 'messages' },
  },
  message_event: {
    row: ({ canary }) => ({ detail: { message: canary('message_event', 'detail') } }),
    exported: { in: 'messages' },
  },
  scheduled_message: {
    row: ({ email, canary }) => ({
      request: { to: canary('scheduled_message', 'request') },
      recurrence: 'FREQ=DAILY',
      local_at: '2026-01-01T09:00:00',
      channel_type: 'EMAIL',
      to_address: email,
    }),
    exported: { in: 'messages' },
  },
  schedule_occurrence: {
    row: ({ canary }) => ({ reason_detail: canary('schedule_occurrence', 'reason_detail') }),
    exported: { in: 'messages' },
  },
  communication_attachment: {
    row: ({ canary }) => ({
      filename: canary('communication_attachment', 'filename'),
      content: Buffer.from(canary('communication_attachment', 'content')),
      file_id: null,
    }),
    exported: { in: 'attachments' },
  },
  bulk_message_recipient: {
    row: ({ email, canary }) => ({
      recipient_key: email,
      variables: { name: canary('bulk_message_recipient', 'variables') },
    }),
    exported: { in: 'campaignRecipients' },
  },
  tenant_event: {
    row: ({ canary }) => ({
      data: { word: canary('tenant_event', 'data') },
      event_id: canary('tenant_event', 'event_id'),
      failure: canary('tenant_event', 'failure'),
      status: 'FAILED',
    }),
    exported: { in: 'events' },
  },
  automation_run: {
    row: ({ canary }) => ({
      event: { payload: { word: canary('automation_run', 'event') } },
      reason_detail: canary('automation_run', 'reason_detail'),
    }),
    exported: { in: 'automationRuns' },
  },
  automation_run_step: {
    row: ({ canary }) => ({ detail: { word: canary('automation_run_step', 'detail') } }),
    exported: { in: 'automationRuns' },
  },
  automation_call: {
    row: ({ canary }) => ({
      url: `https://example.com/${canary('automation_call', 'url')}`,
      body: canary('automation_call', 'body'),
      due_at: LATER,
    }),
    exported: { in: 'automationRuns' },
  },
  inbound_part: {
    row: ({ phone, canary }) => ({
      sender: phone.slice(1),
      event: JSON.stringify({ text: canary('inbound_part', 'event') }),
    }),
    exported: { in: 'partsOfTexts' },
  },
  inbound_media: {
    row: ({ canary }) => ({ ref: canary('inbound_media', 'ref'), due_at: LATER }),
    exported: { not: 'the content of its message names the file' },
  },
  sandbox_message: {
    row: ({ email, canary }) => ({ to_address: email, content: { text: canary('sandbox_message', 'content') } }),
    exported: { not: 'is the copy of a message that the sandbox "sent"' },
  },
  idempotency_key: {
    row: ({ ids, email, canary }) => ({
      route: '/api/v1/communication/contacts',
      body: JSON.stringify({ id: ids.contact, email, name: canary('idempotency_key', 'body') }),
    }),
    exported: { not: 'is an answer of ours that is kept for 48 hours' },
  },
  communication_webhook_log: {
    row: ({ canary }) => ({
      headers: { 'x-canary': canary('communication_webhook_log', 'headers') },
      raw_body: Buffer.from(canary('communication_webhook_log', 'raw_body')),
      status: 'PROCESSED',
    }),
    exported: { not: 'is how a provider said what its message and events say' },
    left: 'bodies of webhooks are emptied after 72 hours, whoever they are about',
  },
  sandbox_event: {
    row: ({ email, canary }) => ({
      body: { events: [{ from: email, text: canary('sandbox_event', 'body') }] },
      due_at: LATER,
    }),
    exported: { not: 'is what a provider is about to say' },
    left: 'is on the side of the provider, which calls within seconds',
  },
  contact_export: {
    row: ({ email }) => ({ filter: { email } }),
    exported: { not: 'is about a list that somebody asked for' },
    left: 'goes with its file after seven days',
  },
  webhook_delivery: { row: () => ({}), exported: { not: IDS_ONLY } },
  webhook_attempt: {
    row: ({ canary }) => ({ answer: canary('webhook_attempt', 'answer') }),
    exported: { not: 'is what a server of the tenant answered' },
  },
  contact_send: { row: () => ({}), exported: { not: IDS_ONLY } },
  notification: { row: () => ({}), exported: { not: 'holds ids, channel types and codes only' } },
  price_due: { row: () => ({ due_at: LATER }), exported: { not: IDS_ONLY } },
  audit_log: {
    row: ({ ids }) => ({ resource: 'contact', resource_id: ids.contact }),
    exported: { not: 'is about who worked with the tenant; of contacts it has ids only' },
  },
};

/** Tables about the tenant, its people, its channels and its texts. */
export const NOTHING_OF_A_PERSON: readonly string[] = [
  'tenant',
  'tenant_user',
  'audit_chain',
  'api_key',
  'user_communication_permission',
  'communication_channel',
  'channel_state',
  'message_template',
  'message_template_version',
  'bulk_message_campaign',
  'message_automation_rule',
  'automation_rule_version',
  'segment',
  'canned_reply',
  'event_interest',
  'webhook_endpoint',
  'kafka_position',
  'event_source',
  'notification_route',
  'communication_analytics',
  'analytics_quarter',
  'analytics_total',
  'analytics_due',
  'analytics_state',
  'topic',
  'template_layout',
  'template_layout_version',
  'contact_import',
  'contact_import_error', // numbers and reasons; the cells stay in the file, which goes with the end of the import
  'communication_file',
  'file_removal',
  'tenant_budget',
  'budget_alert',
  'tenant_spend',
];

/** The rows of a person, in the order in which they can be stored; those of the tenant around them as well. */
export function rowsOfPerson(person: SeededPerson): [table: string, row: Row][] {
  return TENANT_TABLES.flatMap((table): [string, Row][] => {
    const row = rowOf(table, person.ids);
    // The tenant is there, and so is the chain of its audit log, which other rows would break; of a budget it has one.
    if (['tenant', 'audit_chain', 'audit_log', 'tenant_budget', 'budget_alert', 'kafka_position'].includes(table))
      if (['tenant', 'audit_chain', 'audit_log', 'tenant_budget', 'budget_alert', 'analytics_state'].includes(table))
        return [];
    if (table === 'communication_channel') return [[table, { ...row, channel_type: 'EMAIL' }]];
    const own = OF_A_PERSON[table]?.row(person) ?? {};
    if (table !== 'contact_identity') return [[table, { ...row, ...own }]];
    const phone = { ...row, channel_type: 'SMS', address: person.phone };
    return [[table, { ...row, ...own }] as [string, Row], [table, phone] as [string, Row]];
  });
}

let persons = 0;

/** A person of the tenant, with ids of new rows. */
export function newPerson(tenant: string): SeededPerson {
  const word = `zz${process.pid}x${++persons}`;
  return {
    ids: { ...newTenantIds(), tenant },
    email: `${word}@person.example.com`,
    phone: `+4915100${String(100000 + persons)}`,
    canary: (table, column) => `canary-${word}-${table}-${column}`,
  };
}
