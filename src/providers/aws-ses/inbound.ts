import { inboundEventOf, readMail, type Mail } from '../inbound-mail';
import { isJsonObject, textOf, type JsonObject } from '../json';
import type { ProviderEvent } from '../provider';
import { readHeaderLines } from '../mime';

/** The Message-ID that SES gives to our mails is its id with a domain of its own. */
const MESSAGE_ID_OF_SES = /^(.+)@(?:[a-z0-9-]+\.)?amazonses\.com$/;

/**
 * A mail that a receipt rule published; none for one with a virus. With the action SNS the whole mail is in `content`; of
 * one that went elsewhere (S3) there are the headers only, which still say that somebody has written.
 */
export function parseInbound(message: JsonObject, at: Date): ProviderEvent[] {
  const { mail, receipt } = message;
  if (!isJsonObject(mail) || !isJsonObject(receipt) || hasVirus(receipt)) return [];

  const recipients: unknown = receipt['recipients'];
  const to: unknown = Array.isArray(recipients) ? recipients[0] : undefined;
  const received = new Date(textOf(receipt, 'timestamp') ?? '');
  const event = inboundEventOf(mailOf(message, mail, receipt), {
    from: textOf(mail, 'source'),
    to: typeof to === 'string' ? to : undefined,
    fallbackId: textOf(mail, 'messageId') ?? '',
    receivedAt: Number.isNaN(received.getTime()) ? at : received,
  });
  const answered = event.inReplyTo && MESSAGE_ID_OF_SES.exec(event.inReplyTo)?.[1];
  return [answered ? { ...event, inReplyTo: answered } : event];
}

function hasVirus({ virusVerdict }: JsonObject): boolean {
  return isJsonObject(virusVerdict) && virusVerdict['status'] === 'FAIL';
}

function mailOf(message: JsonObject, mail: JsonObject, receipt: JsonObject): Mail {
  const content = textOf(message, 'content');
  if (content !== undefined) return readMail(Buffer.from(content, encodingOf(receipt)));

  const lines = (Array.isArray(mail['headers']) ? mail['headers'] : [])
    .filter(isJsonObject)
    .map((header) => `${textOf(header, 'name') ?? ''}: ${textOf(header, 'value') ?? ''}`);
  const common = mail['commonHeaders'];
  const subject = isJsonObject(common) ? textOf(common, 'subject') : undefined;
  return { headers: readHeaderLines(lines), subject, attachments: [] };
}

/** The action's `encoding`: UTF8, the default, or BASE64, which keeps the bytes of other charsets. */
function encodingOf({ action }: JsonObject): 'base64' | 'utf8' {
  return isJsonObject(action) && /^base64$/i.test(textOf(action, 'encoding') ?? '') ? 'base64' : 'utf8';
}
