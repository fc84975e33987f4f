import type { HttpResult } from '../../src/providers/http';
import type { MailgunCredentials } from '../../src/providers/mailgun/credentials';
import type { Account, OutboundMessage } from '../../src/providers/provider';
import { accountOf } from './accounts';

export const NOW = new Date('2026-11-21T10:00:00Z');
export const SINCE = new Date(NOW.getTime() - 3_600_000);
export const BASE_URL = 'http://provider.invalid';

export const account = accountOf('mailgun', 'EMAIL', BASE_URL) as Account<object> as Account<MailgunCredentials>;

/** One of many mails that say the same. */
export function messageOf(n: number, changes: Partial<OutboundMessage> = {}): OutboundMessage {
  const messageId = `0197a000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  return {
    messageId,
    ref: `${messageId}.1`,
    channelType: 'EMAIL',
    messageType: 'TEXT',
    to: `person-${n}@example.com`,
    content: { subject: 'News', text: 'The same for all' },
    purpose: 'MARKETING',
    ...changes,
  };
}

/** An answer of the API. */
export function answer(body: object | string, status = 200, headers: Record<string, string> = {}): HttpResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { kind: 'RESPONSE', status, headers, body: Buffer.from(text) };
}
