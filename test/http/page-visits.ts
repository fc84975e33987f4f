import { PageLinks } from '../../src/preferences/page/page-links';
import type { TestApp, TestTenant } from '../support/app';

/** An answer of the public page. */
export interface Visited {
  status: number;
  headers: Headers;
  html: string;
}

/** Sends an advertising e-mail through the sandbox and answers the headers that the provider was given. */
export async function advertise(
  { api }: TestTenant,
  to: string,
  more: Record<string, unknown> = {},
): Promise<{ id: string; headers: Record<string, string> }> {
  const content = { subject: 'Offers', text: 'Everything must go' };
  const sent = await api.post('/messages', { channelType: 'EMAIL', to, content, purpose: 'MARKETING', ...more });
  if (sent.status !== 202) throw new Error(sent.text);
  const id = String(sent.body['id']);
  await api.message(id, 'SENT', 'DELIVERED', 'READ');
  const { body } = await api.get(`/sandbox/messages?messageId=${id}`);
  const [message] = body['data'] as { content: { headers?: Record<string, string> } }[];
  return { id, headers: message?.content.headers ?? {} };
}

/** The address between the angle brackets of List-Unsubscribe. */
export function urlIn({ headers }: { headers: Record<string, string> }): string {
  const url = /^<(http[^>]+)>$/.exec(headers['List-Unsubscribe'] ?? '')?.[1];
  if (!url) throw new Error(`No List-Unsubscribe among ${JSON.stringify(headers)}`);
  return url;
}

/** The link that a message to the address would carry; with a contact that holds it, unless `bare`. */
export async function linkFor(
  app: TestApp,
  { tenantId, api }: TestTenant,
  address: string,
  { topic = null, bare = false }: { topic?: string | null; bare?: boolean } = {},
): Promise<string> {
  if (!bare) await api.post('/contacts', { email: address });
  const message = { tenantId, channelType: 'EMAIL' as const, address, messageId: null, topic };
  return app.runtime.app.get(PageLinks).linksOf(message).unsubscribeUrl;
}

/** Opens a page as a browser does, without following anything. */
export async function visit(url: string, init: RequestInit = {}): Promise<Visited> {
  const response = await fetch(url, { redirect: 'manual', ...init });
  return { status: response.status, headers: response.headers, html: await response.text() };
}

/** Presses a button: the fields as a browser sends them. */
export function press(url: string, fields: [string, string][], headers: Record<string, string> = {}): Promise<Visited> {
  return visit(url, { method: 'POST', body: new URLSearchParams(fields), headers });
}

/** What the form on the page would send, with some of it changed. */
export function choices(topics: Record<string, boolean>, level = 'chosen'): [string, string][] {
  const names = Object.keys(topics);
  return [
    ['do', 'save'],
    ['level', level],
    ...names.map((name): [string, string] => ['shown', name]),
    ...names.filter((name) => topics[name]).map((name): [string, string] => ['topic', name]),
  ];
}

/** What the ledger holds of an address, oldest first. */
export function ledger(app: TestApp, { tenantId }: TestTenant, address: string) {
  return app.sql<Record<string, unknown>>(
    `SELECT action, purpose, source, topic, actor, message_id AS "messageId", ip, user_agent AS "userAgent"
     FROM consent_event WHERE tenant_id = $1 AND address = $2 ORDER BY id`,
    [tenantId, address],
  );
}

/** Reason and purpose of what keeps messages from an address now. */
export function suppressed(app: TestApp, { tenantId }: TestTenant, address: string) {
  return app.sql<{ reason: string; purpose: string; source: string }>(
    `SELECT reason, purpose, source FROM suppression
     WHERE tenant_id = $1 AND address = $2 AND lifted_at IS NULL ORDER BY purpose, reason`,
    [tenantId, address],
  );
}
