import MailComposer from 'nodemailer/lib/mail-composer';
import type { Account, Attachment, OutboundMessage } from '../provider';
import { mailBodies } from '../mail-bodies';
import { domainOf, oneLine, wireAddress } from './address';
import type { SmtpCredentials } from './credentials';

/** The Message-ID without its brackets: our ref at the sender's domain, so that a bounce names the attempt. */
export function messageIdOf({ ref }: Pick<OutboundMessage, 'ref'>, { from }: Pick<Account, 'from'>): string {
  return `${ref}@${domainOf(from)}`;
}

/**
 * The whole mail as bytes. nodemailer's composer writes the MIME; every text of ours that becomes a header goes in on one
 * line and every address as an object, so that nothing is left for it to parse. It opens no file and no address.
 */
export function composed(message: OutboundMessage, account: Account<SmtpCredentials>, date: Date): Promise<Buffer> {
  const { content } = message;
  const { fromName, replyTo } = account.settings;
  const mail = new MailComposer({
    from: mailbox(account.from, typeof fromName === 'string' ? fromName : ''),
    to: mailbox(message.to),
    ...(typeof replyTo === 'string' && { replyTo: mailbox(replyTo) }),
    subject: oneLine(content.subject ?? ''),
    messageId: `<${messageIdOf(message, account)}>`,
    date,
    headers: headersOf(message),
    ...mailBodies(message),
    attachments: (content.attachments ?? []).map(attachmentOf),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return mail.compile().build();
}

function mailbox(address: string, name = ''): { name: string; address: string } {
  return { name: oneLine(name), address: wireAddress(address) };
}

/**
 * The message's own headers, and two that follow from what it is. A one-click unsubscribe needs both its headers (RFC 8058).
 * What no person wrote says so (RFC 3834), and no absence notice answers it; an answer in a conversation is written by one.
 */
function headersOf({ content: { headers = {} }, purpose }: OutboundMessage): Record<string, string> {
  const names = new Map(Object.keys(headers).map((name) => [name.toLowerCase(), name]));
  const unsubscribe = headers[names.get('list-unsubscribe') ?? ''];
  const isAnswer = names.has('in-reply-to') || names.has('references');
  return {
    ...headers,
    ...(unsubscribe?.includes('<https://') &&
      !names.has('list-unsubscribe-post') && { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
    ...(purpose === 'TRANSACTIONAL' &&
      !isAnswer &&
      !names.has('auto-submitted') && { 'Auto-Submitted': 'auto-generated' }),
  };
}

/** Mails and multiparts may not be encoded as other files are (RFC 2046, 5.2.1), so they go as files of no known type. */
function attachmentOf({ filename, contentType, content, contentId }: Attachment) {
  return {
    filename: oneLine(filename) || 'attachment',
    content,
    contentType: /^(message|multipart)\//i.test(contentType) ? 'application/octet-stream' : contentType,
    ...(contentId === undefined
      ? { contentDisposition: 'attachment' as const }
      : { cid: contentId, contentDisposition: 'inline' as const }),
  };
}
