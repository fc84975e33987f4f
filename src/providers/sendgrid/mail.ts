import type { MailDataRequired } from '@sendgrid/mail';
import { mailBodies, type MailBodies } from '../mail-bodies';
import type { Account, Content, OutboundMessage } from '../provider';
import { shareWords, type SharedWords } from '../shared-words';
import type { SendgridCredentials } from './credentials';

/** Names of our custom arguments: SendGrid copies them flat into every event, so they must not meet a name of its own. */
export const REF_ARG = 'carillon_ref';
export const CHANNEL_ARG = 'carillon_channel';

/** One mail to each of these, which fit each other (batch.ts), as the SDK takes it; new on every call. */
export function mailOf(
  messages: readonly [OutboundMessage, ...OutboundMessage[]],
  account: Account<SendgridCredentials>,
): MailDataRequired {
  const [message] = messages;
  const { content } = message;
  const { fields, values } = shareBodies(messages, account);
  const isOneSubject = messages.every((each) => each.content.subject === content.subject);
  return {
    from: sender(account),
    ...(typeof account.settings['replyTo'] === 'string' && { replyTo: account.settings['replyTo'] }),
    ...(content.subject !== undefined && { subject: content.subject }),
    personalizations: messages.map((each, index) => ({
      ...personalization(each, account),
      ...(!isOneSubject && each.content.subject !== undefined && { subject: each.content.subject }),
      ...(!content.template && { substitutions: values[index] ?? {} }),
    })),
    substitutionWrappers: SUBSTITUTION_WRAPPERS,
    ...(content.attachments?.length && { attachments: content.attachments.map(attachmentOf) }),
    ...(content.template ? { templateId: content.template.name } : { content: bodiesOf(fields) }),
  };
}

/** Around the name of a substitution, in the text and as a key. */
const SUBSTITUTION_WRAPPERS = ['-', '-'];

/** The bodies of all, with a tag wherever they differ. SendGrid looks for tags in subjects and the Reply-To as well. */
export function shareBodies(messages: readonly OutboundMessage[], account?: Account<SendgridCredentials>): SharedWords {
  const besides = [...messages.map(({ content }) => content.subject ?? ''), JSON.stringify(account?.settings ?? {})];
  return shareWords(
    messages.map((message) => ({ ...mailBodies(message) })),
    (name) => SUBSTITUTION_WRAPPERS.join(name),
    besides,
  );
}

function personalization(message: OutboundMessage, account: Account<SendgridCredentials>) {
  return {
    to: { email: message.to },
    headers: headersOf(message, account),
    customArgs: { [REF_ARG]: message.ref, [CHANNEL_ARG]: account.channelId },
    ...(message.content.template && { dynamicTemplateData: message.content.template.variables }),
  };
}

function sender({ from, settings }: Account<SendgridCredentials>): { email: string; name?: string } {
  const name = settings['fromName'];
  return typeof name === 'string' && name !== '' ? { email: from, name } : { email: from };
}

/** The same Message-ID on every attempt: mailboxes show two copies of one message once. */
function headersOf(message: OutboundMessage, account: Account<SendgridCredentials>): Record<string, string> {
  const domain = account.from.slice(account.from.lastIndexOf('@') + 1);
  return { 'Message-ID': `<${message.messageId}@${domain}>`, ...message.content.headers };
}

type Bodies = Extract<MailDataRequired, { content: unknown }>['content'];

/** SendGrid demands text/plain before text/html. */
function bodiesOf({ text, html }: MailBodies): Bodies {
  const plain = { type: 'text/plain', value: text ?? '' };
  if (!html) return [plain];
  const formatted = { type: 'text/html', value: html };
  return text ? [plain, formatted] : [formatted];
}

function attachmentOf({ content, filename, contentType, contentId }: NonNullable<Content['attachments']>[number]) {
  const attachment = { content: content.toString('base64'), filename, type: contentType };
  if (contentId === undefined) return { ...attachment, disposition: 'attachment' };
  // The SDK's type says contentId, but it passes attachments on as they are, and the API reads content_id.
  return { ...attachment, disposition: 'inline', content_id: contentId };
}
