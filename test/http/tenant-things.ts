import { randomBytes } from 'node:crypto';
import { uuidv7 } from '../../src/platform/db/uuid';
import type { TestApp, TestTenant } from '../support/app';

/** One of everything that a tenant can have, by id. Whatever of it is text holds `word`, so that a leak can be seen. */
export interface Things {
  word: string;
  tenantId: string;
  api: TestTenant['api'];
  apiKey: string;
  user: string;
  channel: string;
  webhookKey: string;
  contact: string;
  /** Another contact of the same person. */
  duplicate: string;
  externalId: string;
  suppression: string;
  topic: string;
  template: string;
  templateName: string;
  layout: string;
  session: string;
  cannedReply: string;
  message: string;
  deadLetter: string;
  attachment: string;
  scheduled: string;
  campaign: string;
  segment: string;
  rule: string;
  run: string;
  event: string;
  webhookEndpoint: string;
  webhookDelivery: string;
  eventSource: string;
  webhookLog: string;
  contactImport: string;
  contactExport: string;
}

/** A form with one file, as text. */
export function fileForm(filename: string, content: string): { body: string; headers: Record<string, string> } {
  const boundary = 'carillon-test-form';
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\n\r\n`;
  return {
    body: `${head}${content}\r\n--${boundary}--\r\n`,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  };
}

/** Makes a tenant over HTTP, with one of everything, and waits until nothing of it moves any more. */
export async function makeThings(app: TestApp): Promise<Things> {
  const word = `w${randomBytes(6).toString('hex')}`;
  const { api, tenantId } = await app.tenant();
  const make = async (path: string, body: object): Promise<string> => {
    const answer = await api.post(path, body, { 'idempotency-key': uuidv7() });
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.text}`);
    return String(answer.body['id']);
  };
  const [apiKey, externalId, templateName] = [word, `ext-${word}`, `template ${word}`];
  const email = `${word}@example.com`;
  const sandbox = { channelType: 'EMAIL', providerType: 'sandbox', from: 'hello@example.com', isDefault: true };
  const channel = await make('/channels', { name: `channel ${word}`, ...sandbox });
  const contact = await make('/contacts', { externalId, name: `contact ${word}`, email });
  const duplicate = await make('/contacts', { name: `duplicate ${word}` });
  await api.put(`/topics/${word}`, { title: word, defaults: { EMAIL: true } });
  await api.put(`/notification-routes/${word}`, { mode: 'ALL', channels: ['EMAIL'] });
  // A cap that nothing reaches: only what a cap counts is written down.
  await api.patch('/consent-settings', { frequencyCaps: [{ purpose: 'ALL', most: 1000, hours: 1 }] });
  const content = { subject: word, text: word };
  const message = await make('/messages', { channelId: channel, contactId: contact, content });
  const deadLetter = await make('/messages', { channelId: channel, to: `${word}+fail-permanent@example.com`, content });
  const user = await make('/users', { subject: word, name: `user ${word}`, email: `user.${email}` });
  const things = {
    word,
    tenantId,
    api,
    topic: word,
    apiKey: await make('/api-keys', { name: `key ${apiKey}`, scopes: ['messages:read'] }),
    user,
    channel,
    contact,
    duplicate,
    externalId,
    templateName,
    message,
    deadLetter,
    suppression: await make('/suppressions', { channelType: 'EMAIL', address: `no.${email}`, source: word }),
    layout: await make('/template-layouts', { name: `layout ${word}`, html: `<p>${word}</p>{{ content }}` }),
    template: await make('/templates', { name: templateName, channelType: 'EMAIL', subject: word, body: word }),
    scheduled: await make('/messages', {
      channelId: channel,
      contactId: contact,
      content,
      scheduledAt: new Date(Date.now() + 86_400_000).toISOString(),
    }),
    campaign: await make('/bulk-send', {
      name: `campaign ${word}`,
      channelId: channel,
      content,
      recipients: [{ contactId: contact, variables: { word } }],
    }),
    cannedReply: await make('/canned-replies', { shortcut: word, text: word }),
    segment: await make('/segments', {
      name: `segment ${word}`,
      segment: { field: 'attributes.list', op: 'eq', value: word },
    }),
    rule: await make('/automation-rules', {
      name: `rule ${word}`,
      trigger: { event: 'order.paid' },
      steps: [
        { type: 'send', channelId: channel, content },
        { type: 'wait', seconds: 86_400 },
      ],
    }),
    webhookEndpoint: await make('/webhook-endpoints', {
      url: `https://${word}.invalid`,
      eventTypes: ['contact.deleted'],
    }),
    webhookDelivery: uuidv7(),
    eventSource: await make('/event-sources', {
      name: `source ${word}`,
      kind: 'sns',
      settings: { topicArn: `arn:aws:sns:us-east-2:000000000000:${word}` },
    }),
    event: await make('/events', { name: 'order.paid', contactId: contact, eventId: word, payload: { word } }),
    attachment: await makeAttachment(api, word),
    contactImport: await makeImport(api, word),
    contactExport: await make('/contact-exports', { format: 'csv', filter: { search: word } }),
  };
  await api.put(`/users/${user}/permissions`, { permissions: [{ channelType: null, actions: ['messages:read'] }] });
  // How a time is missed is told elsewhere, too.
  await app.sql(
    `INSERT INTO schedule_occurrence (tenant_id, schedule_id, occurrence_at, outcome) VALUES ($1, $2, '2026-01-01', 'MISSED')`,
    [tenantId, things.scheduled],
  );
  await app.sql(
    `INSERT INTO notification (tenant_id, id, event_id, topic, contact_id, message_id, steps)
     VALUES ($1, gen_random_uuid(), $2, 'news', $3, $4, '[]')`,
    [tenantId, things.event, contact, message],
  );
  await api.post(`/contacts/${contact}/preferences`, { reason: word, channels: { SMS: { allowed: true } } });
  await api.until(`/events/${things.event}`, ({ body }) => body['status'] === 'HANDLED');
  await app.sql(
    `WITH d AS (INSERT INTO webhook_delivery (tenant_id, id, endpoint_id, event_id, type, data, at, status, finished_at, attempts)
       VALUES ($1, $2, $3, $2, 'contact.deleted', jsonb_build_object('word', $4::text), now(), 'DELIVERED', now(), 1) RETURNING *)
     INSERT INTO webhook_attempt (tenant_id, delivery_id, attempt_no, fence, answer) SELECT tenant_id, id, 1, 1, $4 FROM d`,
    [tenantId, things.webhookDelivery, things.webhookEndpoint, word],
  );
  // How one fails is told elsewhere; here there has to be one that can be tried again.
  await app.sql(`UPDATE tenant_event SET status = 'FAILED' WHERE id = $1`, [things.event]);
  const run = await waitingRun(api, things.rule);
  const made = { ...things, run, ...(await settled(app, things)) };
  await spend(app, made);
  return made;
}

/** The run that the event began, when it has sent its message and waits. */
async function waitingRun(api: Things['api'], rule: string): Promise<string> {
  const { body } = await api.until(`/automation-rules/${rule}/runs?status=WAITING`, (answer) => {
    return (answer.body['data'] as unknown[]).length === 1;
  });
  const id = String((body['data'] as { id: string }[])[0]?.id);
  const trace = (await api.get(`/automation-runs/${id}`)).body['trace'] as { messageId: string }[];
  await api.message(trace[0]?.messageId, 'DELIVERED');
  return id;
}

/** A cost out of a budget, and the alert for it. */
async function spend(
  app: TestApp,
  { api, tenantId, message }: Pick<Things, 'api' | 'tenantId' | 'message'>,
): Promise<void> {
  await api.put('/budget', { monthly: { amount: '1', currency: 'EUR' }, thresholds: [50], hold: false });
  await app.sql(
    `UPDATE communication_message SET cost_amount = 0.5, cost_currency = 'EUR', cost_estimated = false
     WHERE tenant_id = $1 AND id = $2`,
    [tenantId, message],
  );
  await api.until('/budget', ({ body }) => (body['alerts'] as unknown[]).length === 1);
}

async function makeAttachment(api: Things['api'], word: string): Promise<string> {
  const { body, headers } = fileForm(`${word}.txt`, word);
  const answer = await api.post('/attachments', body, headers);
  if (answer.status >= 300) throw new Error(`POST /attachments: ${answer.text}`);
  return String(answer.body['id']);
}

async function makeImport(api: Things['api'], word: string): Promise<string> {
  const content = `externalId,name,email\nimported-${word},imported ${word},\n,,no address\n`;
  const answer = await api.post('/contact-imports', content, { 'content-type': 'text/csv' });
  if (answer.status >= 300) throw new Error(`POST /contact-imports: ${answer.text}`);
  return String(answer.body['id']);
}

async function settled(
  app: TestApp,
  {
    api,
    tenantId,
    channel,
    message,
    deadLetter,
    contactImport,
    contactExport,
  }: Pick<Things, 'api' | 'tenantId' | 'channel' | 'message' | 'deadLetter' | 'contactImport' | 'contactExport'>,
) {
  for (const path of [`/contact-imports/${contactImport}`, `/contact-exports/${contactExport}`])
    await api.until(path, ({ body }) => body['status'] === 'COMPLETED');
  const delivered = await api.message(message, 'DELIVERED');
  await api.message(deadLetter, 'FAILED');
  // How one becomes a dead letter is told elsewhere; here there has to be one.
  await app.sql('UPDATE communication_message SET dead_at = now() WHERE id = $1', [deadLetter]);
  const calls = await api.until('/webhook-logs', ({ body }) => {
    const data = body['data'] as { status: string }[];
    return data.length > 0 && data.every(({ status }) => status === 'PROCESSED');
  });
  const [row] = await app.sql<{ webhookKey: string }>(
    `SELECT webhook_key AS "webhookKey" FROM communication_channel WHERE tenant_id = $1 AND id = $2`,
    [tenantId, channel],
  );
  return {
    session: String(delivered.body['sessionId']),
    webhookLog: (calls.body['data'] as { id: string }[])[0]?.id ?? '',
    webhookKey: row?.webhookKey ?? '',
  };
}
