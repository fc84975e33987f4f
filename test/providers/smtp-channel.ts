import { simpleParser, type ParsedMail } from 'mailparser';
import { createSmtpClient } from '../../src/platform/egress/smtp-client';
import type { Account, Content, OutboundMessage, ProviderIo, SendResult } from '../../src/providers/provider';
import { findProvider } from '../../src/providers/registry';
import { accountOf } from './accounts';
import { NOW } from './answers';
import { LOGIN, startMailServer, type Received } from './smtp-servers';

export const REF = '0197a000-0000-7000-8000-000000000001.1';

/** A mail to Ada; HTML where it has any. */
export function messageOf(content: Partial<Content>, changes: Partial<OutboundMessage> = {}): OutboundMessage {
  return {
    messageId: REF.slice(0, -2),
    ref: REF,
    channelType: 'EMAIL',
    messageType: content.html === undefined ? 'TEXT' : 'HTML',
    to: 'ada@example.com',
    content: { subject: 'Hello', text: 'Hello Ada', ...content },
    purpose: 'TRANSACTIONAL',
    ...changes,
  };
}

/** A mail as it came, and as an independent parser reads it. */
export type Arrived = Omit<Received, 'raw'> & { raw: string; mail: ParsedMail };

async function parsed({ raw, ...others }: Received): Promise<Arrived> {
  return { ...others, raw: raw.toString('latin1'), mail: await simpleParser(raw) };
}

/** A channel whose mails go to a server of the test, and what arrived there since it was asked last. */
export interface MailChannel {
  send(message: OutboundMessage, changes?: Partial<Account>): Promise<SendResult>;
  arrived(): Promise<Arrived[]>;
  close(): Promise<void>;
}

export async function openMailChannel(): Promise<MailChannel> {
  const server = await startMailServer();
  const client = createSmtpClient({ rule: () => undefined });
  const io: ProviderIo = {
    now: () => NOW,
    http: () => Promise.reject(new Error('SMTP is not HTTP')),
    smtp: (request) => client.send(request),
  };
  const usual = accountOf('smtp', 'EMAIL', `smtp://localhost:${server.port}`);
  const account = { ...usual, credentials: { ...usual.credentials, ...LOGIN, security: 'none' } };
  return {
    send: (message, changes = {}) => findProvider('smtp')!.send(message, { ...account, ...changes }, io),
    arrived: () => Promise.all(server.received.splice(0).map(parsed)),
    close: async () => {
      await client.close();
      await server.close();
    },
  };
}

/** Headers of a mail of text alone. */
export const PLAIN: readonly string[] = [
  'auto-submitted',
  'content-transfer-encoding',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
];

export const headerNames = ({ mail }: Arrived) => mail.headerLines.map(({ key }) => key).sort();
