import { mailBodies } from '../mail-bodies';
import type { Account, Attachment, OutboundMessage } from '../provider';
import { shareWords, type SharedWords } from '../shared-words';
import type { MailData } from './client';
import type { MailgunCredentials } from './credentials';
import { ownMessageId } from './message-id';
import { optionsOf, timeLimitOf } from './options';

/** Names of our variables: Mailgun gives them back in every event, and legacy webhooks mix them with fields of their own. */
export const REF_VARIABLE = 'carillon_ref';
export const CHANNEL_VARIABLE = 'carillon_channel';

/** One message as the API takes it; new on every call. */
export function mailOf(message: OutboundMessage, account: Account<MailgunCredentials>, now: Date): MailData {
  return {
    ...sharedFields(message, account, now),
    to: [message.to],
    [`v:${REF_VARIABLE}`]: message.ref,
    'h:Message-Id': `<${ownMessageId(message.messageId, account.credentials.domain)}>`,
  };
}

/**
 * Messages of one group (batch.ts) as one call. `recipient-variables` makes Mailgun send each of them a mail of their own, and
 * fills in for each `%recipient.ref%` (user manual, "Attaching Data to Messages": variables of a recipient in `v:`) and what
 * differs in subject, bodies and headers. One Message-ID for all of them could not be ours, so it is Mailgun's.
 */
export function batchOf(
  messages: readonly [OutboundMessage, ...OutboundMessage[]],
  account: Account<MailgunCredentials>,
  now: Date,
): MailData {
  const { fields, values } = shareMails(messages, account);
  const variables = Object.fromEntries(messages.map(({ to, ref }, index) => [to, { ref, ...values[index] }]));
  return {
    ...sharedFields(messages[0], account, now),
    ...fields,
    to: messages.map(({ to }) => to),
    [`v:${REF_VARIABLE}`]: '%recipient.ref%',
    'recipient-variables': JSON.stringify(variables),
  };
}

/** The words of all, with a variable of the recipient wherever they differ. */
export function shareMails(messages: readonly OutboundMessage[], account?: Account<MailgunCredentials>): SharedWords {
  const besides = account ? [account.from, JSON.stringify(account.settings)] : [];
  return shareWords(messages.map(wordsOf), (name) => `%recipient.${name}%`, besides);
}

/** What a mail says to one person, by the fields of the API. */
export function wordsOf(message: OutboundMessage): Record<string, string> {
  return { ...spokenOf(message), ...headersOf(message) };
}

function spokenOf(message: OutboundMessage) {
  const { subject } = message.content;
  return { ...(subject && { subject }), ...mailBodies(message) };
}

/** Without empty ones, which the SDK leaves out. */
function headersOf({ content: { headers = {} } }: OutboundMessage): Record<string, string> {
  const said = Object.entries(headers).filter(([, value]) => value !== '');
  return Object.fromEntries(said.map(([name, value]) => [`h:${name}`, value]));
}

function sharedFields(message: OutboundMessage, account: Account<MailgunCredentials>, now: Date): MailData {
  const { content } = message;
  return {
    from: senderOf(account),
    ...spokenOf(message),
    ...(content.template && {
      template: content.template.name,
      't:variables': JSON.stringify(content.template.variables),
    }),
    ...filesOf(content.attachments ?? []),
    ...optionsOf(account.settings),
    ...timeLimitOf(message.expiresAt, now),
    ...headersOf(message),
    ...replyToOf(message, account),
    [`v:${CHANNEL_VARIABLE}`]: account.channelId,
    // Else the mail shows our variables to its recipient. Not "all": X-Mailgun-Sid is needed to recognise complaints.
    'o:suppress-headers': 'X-Mailgun-Variables',
  } as MailData;
}

/** RFC 5322, 3.4: the display name as a quoted string. */
function senderOf({ from, settings: { fromName } }: Account<MailgunCredentials>): string {
  if (typeof fromName !== 'string' || fromName === '') return from;
  return `"${fromName.replace(/[\r\n]/g, ' ').replace(/["\\]/g, '\\$&')}" <${from}>`;
}

/** The message's own Reply-To comes before that of the channel. */
function replyToOf({ content }: OutboundMessage, { settings: { replyTo } }: Account<MailgunCredentials>) {
  const hasReplyTo = Object.keys(content.headers ?? {}).some((name) => name.toLowerCase() === 'reply-to');
  return typeof replyTo === 'string' && replyTo !== '' && !hasReplyTo ? { 'h:Reply-To': replyTo } : {};
}

/** HTML refers to an inline image by the name of its file (`cid:<filename>`), so the content id takes that place. */
function filesOf(attachments: readonly Attachment[]) {
  const files = attachments.map(({ content, contentType, filename, contentId }) => ({
    isInline: contentId !== undefined,
    file: { data: content, contentType, filename: contentId ?? filename },
  }));
  const attachment = files.flatMap(({ isInline, file }) => (isInline ? [] : [file]));
  const inline = files.flatMap(({ isInline, file }) => (isInline ? [file] : []));
  return { ...(attachment.length > 0 && { attachment }), ...(inline.length > 0 && { inline }) };
}
