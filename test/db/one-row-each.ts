import { randomInt } from 'node:crypto';
import type { Client } from 'pg';
import { uuidv7 } from '../../src/platform/db/uuid';
import { ROWS_OF_AUTOMATION, ROWS_OF_FIGURES_AND_ENDPOINTS } from './rows-of-automation';

/** Ids of a tenant's rows that other rows point to. */
const KINDS = [
  'tenant',
  'user',
  'channel',
  'contact',
  'template',
  'layout',
  'session',
  'message',
  'campaign',
  'file',
  'contactImport',
  'schedule',
  'webhookEndpoint',
  'webhookDelivery',
  'rule',
  'run',
] as const;

export type TenantIds = Readonly<Record<(typeof KINDS)[number], string>>;

export type Row = Record<string, unknown>;

export function newTenantIds(): TenantIds {
  const ids = Object.fromEntries(KINDS.map((kind) => [kind, uuidv7()]));
  return ids as unknown as TenantIds;
}

const SMS = { channel_type: 'SMS' };
const NUMBER = '+14155550100';
const BYTES = Buffer.from('00ff', 'hex');

/** The least that each table of tenants takes, in the order of their references. Texts that must be unique get `word`. */
const ROWS: Readonly<Record<string, (ids: TenantIds, word: string) => Row>> = {
  tenant: () => ({ name: 'Tenant' }),
  api_key: (_, word) => ({ id: uuidv7(), name: 'Key', prefix: 'ck', key_hash: Buffer.from(word), scopes: ['*'] }),
  tenant_user: (ids, word) => ({ id: ids.user, issuer: 'local', subject: word }),
  user_communication_permission: (ids) => ({ id: uuidv7(), user_id: ids.user, actions: ['messages:read'] }),
  audit_log: () => ({ id: uuidv7(), actor: 'key', action: 'a', resource: 'r', seq: 1, prev_hash: BYTES, hash: BYTES }),
  audit_chain: () => ({ seq: 1, hash: BYTES }),
  idempotency_key: (_, word) => ({
    method: 'POST',
    route: '/r',
    key: word,
    fingerprint: BYTES,
    status: 201,
    body: '{}',
  }),
  communication_channel: (ids, word) => ({
    id: ids.channel,
    name: word,
    ...SMS,
    provider_type: 'sandbox',
    from_address: NUMBER,
    account_key: word,
    webhook_key: word,
  }),
  channel_state: (ids) => ({ channel_id: ids.channel }),
  contact: (ids, word) => ({ id: ids.contact, external_id: word }),
  contact_identity: (ids, word) => ({ ...SMS, address: word, contact_id: ids.contact }),
  contact_communication_preference: (ids) => ({ id: uuidv7(), contact_id: ids.contact }),
  contact_import: (ids) => ({
    id: ids.contactImport,
    delimiter: ',',
    on_conflict: 'update',
    columns: ['email'],
    bytes_total: 1,
  }),
  contact_import_error: (ids) => ({ import_id: ids.contactImport, row_no: 2, column_no: 1, message: 'no address' }),
  contact_export: () => ({ id: uuidv7(), filter: {} }),
  suppression: (_, word) => ({ id: uuidv7(), ...SMS, address: word, purpose: 'ALL', reason: 'MANUAL', source: 'api' }),
  consent_event: (_, word) => ({
    id: uuidv7(),
    ...SMS,
    address: word,
    action: 'OPTED_OUT',
    purpose: 'ALL',
    source: 'STOP',
  }),
  topic: (_, word) => ({ name: word, title: 'News' }),
  template_layout: (ids, word) => ({ id: ids.layout, name: word }),
  template_layout_version: (ids) => ({ layout_id: ids.layout, version: 1, html: '{{ content }}', created_by: 'key' }),
  message_template: (ids, word) => ({ id: ids.template, name: word, ...SMS, language: 'en', category: 'GENERAL' }),
  message_template_version: (ids) => ({
    template_id: ids.template,
    version: randomInt(1, 1_000_000),
    layout_id: ids.layout,
    layout_version: 1,
    created_by: 'key',
  }),
  tenant_event: (ids, word) => ({
    id: uuidv7(),
    type: 'order.paid',
    source: 'api',
    event_id: word,
    contact_id: ids.contact,
  }),
  event_source: (_, word) => ({
    id: uuidv7(),
    name: word,
    kind: 'sns',
    settings: {},
    source_key: word,
  }),
  notification_route: (_, word) => ({ topic: word, mode: 'ALL', purpose: 'MARKETING', channels: ['SMS'] }),
  event_interest: (_, word) => ({ type: 'message.expired', consumer: word }),
  communication_session: (ids, word) => ({
    id: ids.session,
    channel_id: ids.channel,
    ...SMS,
    contact_id: ids.contact,
    counterpart: word,
    direction: 'OUTBOUND',
    status: 'ACTIVE',
  }),
  communication_message: (ids) => ({
    id: ids.message,
    session_id: ids.session,
    contact_id: ids.contact,
    channel_id: ids.channel,
    ...SMS,
    provider_type: 'sandbox',
    direction: 'OUTBOUND',
    lane: 'transactional',
    purpose: 'TRANSACTIONAL',
    from_address: NUMBER,
    to_address: NUMBER,
    message_type: 'TEXT',
    content: { text: 'Hello' },
    delivery: 'at_least_once',
    status: 'SENT',
  }),
  canned_reply: (_, word) => ({ id: uuidv7(), shortcut: word, text: 'Hello' }),
  notification: (ids) => ({
    id: uuidv7(),
    event_id: uuidv7(),
    topic: 'news',
    contact_id: ids.contact,
    message_id: ids.message,
    steps: '[]',
  }),
  contact_send: (ids) => ({ contact_id: ids.contact, message_id: ids.message, purpose: 'MARKETING' }),
  message_attempt: (ids) => ({ message_id: ids.message, attempt_no: 1, fence: 1, worker_id: uuidv7() }),
  message_event: (ids, word) => ({
    channel_id: ids.channel,
    event_key: word,
    message_id: ids.message,
    type: 'SENT',
    at: new Date(0),
  }),
  scheduled_message: (ids) => ({
    id: ids.schedule,
    message_id: ids.message,
    contact_id: ids.contact,
    ...SMS,
    scheduled_at: new Date(),
    request: {},
  }),
  schedule_occurrence: (ids) => ({
    schedule_id: ids.schedule,
    occurrence_at: new Date(),
    outcome: 'FIRED',
    message_id: ids.message,
  }),
  communication_file: (ids, word) => ({
    id: ids.file,
    sha256: Buffer.from(word),
    storage_key: word,
    size_bytes: 2,
    uses: 1,
  }),
  file_removal: (_, word) => ({ storage_key: word, due_at: new Date() }),
  communication_attachment: (ids) => ({
    id: uuidv7(),
    message_id: ids.message,
    filename: 'a.txt',
    content_type: 'text/plain',
    size_bytes: 2,
    sha256: BYTES,
    file_id: ids.file,
  }),
  bulk_message_campaign: (ids) => ({
    id: ids.campaign,
    name: 'Campaign',
    channel_id: ids.channel,
    template_id: ids.template,
    purpose: 'MARKETING',
    status: 'DRAFT',
  }),
  bulk_message_recipient: (ids, word) => ({
    campaign_id: ids.campaign,
    recipient_key: word,
    contact_id: ids.contact,
    message_id: ids.message,
    status: 'QUEUED',
  }),
  segment: (_, word) => ({ id: uuidv7(), name: word, condition: { all: [] } }),
  ...ROWS_OF_AUTOMATION,
  tenant_budget: () => ({ amount: 1, currency: 'EUR', thresholds: [100], hold: false, exempt_lanes: [] }),
  budget_alert: () => ({ month: '2026-01-01', threshold: 100, spent: 1, amount: 1, currency: 'EUR' }),
  tenant_spend: () => ({ month: '2026-01-01', currency: 'EUR', amount: 1 }),
  price_due: (ids) => ({ message_id: ids.message, due_at: new Date() }),
  inbound_part: (ids, word) => ({ channel_id: ids.channel, sender: NUMBER, reference: word, part: 1, event: '{}' }),
  inbound_media: (ids, word) => ({ id: uuidv7(), message_id: ids.message, channel_id: ids.channel, ref: word }),
  communication_webhook_log: (ids) => ({
    id: uuidv7(),
    channel_id: ids.channel,
    provider_type: 'sandbox',
    method: 'POST',
    url: 'https://example.com',
    headers: {},
    raw_body: BYTES,
  }),
  ...ROWS_OF_FIGURES_AND_ENDPOINTS,
  sandbox_message: (ids) => ({
    id: uuidv7(),
    channel_id: ids.channel,
    message_id: ids.message,
    ref: 'r',
    provider_message_id: 'p',
    to_address: NUMBER,
    from_address: NUMBER,
    message_type: 'TEXT',
    content: {},
  }),
  sandbox_event: (ids) => ({ id: uuidv7(), channel_id: ids.channel, body: {}, due_at: new Date() }),
};

/** Tables that hold rows of tenants. */
export const TENANT_TABLES = Object.keys(ROWS);

/** The column that says whose row it is. */
export const tenantColumn = (table: string): string => (table === 'tenant' ? 'id' : 'tenant_id');

/** A row that is in nobody's way, and points to what `ids` name. */
export function rowOf(table: string, ids: TenantIds): Row {
  const row = ROWS[table];
  if (!row) throw new Error(`test/db/one-row-each.ts knows no row for ${table}`);
  return { [tenantColumn(table)]: ids.tenant, ...row(ids, uuidv7()) };
}

export async function insert(client: Pick<Client, 'query'>, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row);
  const places = columns.map((_, index) => `$${index + 1}`);
  await client.query(`INSERT INTO ${table} (${columns.join()}) VALUES (${places.join()})`, Object.values(row));
}

/** Makes a tenant that has one row in every table. */
export async function insertOneRowEach(client: Client): Promise<TenantIds> {
  const ids = newTenantIds();
  for (const table of TENANT_TABLES) await insert(client, table, rowOf(table, ids));
  return ids;
}
