import { mailBodies } from '../mail-bodies';
import type { Account, Attachment, OutboundMessage } from '../provider';
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
 * Messages that differ only in their recipients as one call. `recipient-variables` makes Mailgun send each of them a mail of
 * their own, and fills `%recipient.ref%` in for each (user manual, "Attaching Data to Messages": variables of a recipient in
 * `v:`). One Message-ID for all of them could not be ours, so it is Mailgun's.
 */
export function batchOf(
  messages: readonly [OutboundMessage, ...OutboundMessage[]],
  account: Account<MailgunCredentials>,
  now: Date,
): MailData {
  const variables = Object.fromEntries(messages.map(({ to, ref }) => [to, { ref }]));
  return {
    ...sharedFields(messages[0], account, now),
    to: messages.map(({ to }) => to),
    [`v:${REF_VARIABLE}`]: '%recipient.ref%',
    'recipient-variables': JSON.stringify(variables),
  };
}

function sharedFields(message: OutboundMessage, account: Account<MailgunCredentials>, now: Date): MailData {
  const { content } = message;
  const { text, html } = mailBodies(message);
  return {
    from: senderOf(account),
    ...(content.subject && { subject: content.subject }),
    ...(text && { text }),
    ...(html && { html }),
    ...(content.template && {
      template: content.template.name,
      't:variables': JSON.stringify(content.template.variables),
    }),
    ...filesOf(content.attachments ?? []),
    ...optionsOf(account.settings),
    ...timeLimitOf(message.expiresAt, now),
    ...headersOf(message, account),
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

/** `h:` fields; the message's own Reply-To comes before that of the channel. */
function headersOf({ content }: OutboundMessage, { settings: { replyTo } }: Account<MailgunCredentials>) {
  const headers = Object.entries(content.headers ?? {});
  const hasReplyTo = headers.some(([name]) => name.toLowerCase() === 'reply-to');
  if (typeof replyTo === 'string' && replyTo !== '' && !hasReplyTo) headers.push(['Reply-To', replyTo]);
  return Object.fromEntries(headers.map(([name, value]) => [`h:${name}`, value]));
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
