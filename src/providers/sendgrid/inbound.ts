import { attachmentOf, inboundEventOf, readMail, type Mail } from '../inbound-mail';
import { decodeText, parameterOf, readHeaderLines, splitParts, type MimePart } from '../mime';
import { readJsonObject, textOf } from '../json';
import type { InboundEvent, WebhookRequest } from '../provider';
import { sha256Hex } from '../signature';

/** One mail of Inbound Parse, either taken apart by SendGrid or, with "Send Raw", as it came. Throws when it is neither. */
export function parseInbound(request: WebhookRequest): InboundEvent {
  const boundary = parameterOf(request.headers['content-type'] ?? '', 'boundary');
  const parts = boundary === undefined ? [] : splitParts(request.rawBody, boundary);
  const fields = new Map(
    parts.map((part) => [parameterOf(part.headers['content-disposition'] ?? '', 'name') ?? '', part]),
  );

  const raw = fields.get('email');
  const mail = raw ? readMail(raw.body) : mailOfFields(fields);
  const envelope = readJsonObject(fields.get('envelope')?.body ?? Buffer.alloc(0)) ?? {};
  const recipients = Array.isArray(envelope['to']) ? envelope['to'] : [];
  return inboundEventOf(mail, {
    from: textOf(envelope, 'from'),
    to: recipients.find((address) => typeof address === 'string'),
    fallbackId: sha256Hex(request.rawBody),
    receivedAt: request.receivedAt,
  });
}

/** SendGrid keeps each field in the charset of the mail and names it in `charsets`. */
function mailOfFields(fields: ReadonlyMap<string, MimePart>): Mail {
  const charsets = readJsonObject(fields.get('charsets')?.body ?? Buffer.alloc(0)) ?? {};
  const text = (name: string) => {
    const field = fields.get(name);
    return field && decodeText(field.body, textOf(charsets, name));
  };
  const lines = (text('headers') ?? '').replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  return {
    headers: { ...readHeaderLines(lines), from: text('from') ?? '', to: text('to') ?? '' },
    subject: text('subject'),
    text: text('text'),
    html: text('html'),
    attachments: [...fields]
      .filter(([name]) => /^attachment\d+$/.test(name))
      .map(([, part]) => attachmentOf(part, part.body)),
  };
}
