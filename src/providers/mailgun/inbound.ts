import { field, type Form } from '../form';
import { attachmentOf, inboundEventOf, readMail, type Mail } from '../inbound-mail';
import { readJsonObject } from '../json';
import { consentOf } from '../keywords';
import type { MimePart } from '../mime';
import type { Attachment, ConsentEvent, InboundEvent, ProviderEvent } from '../provider';
import { providerIdOf, withoutBrackets } from './message-id';
import type { PostedForm, Signed } from './request-fields';

/**
 * One mail that a route forwarded, taken apart by Mailgun or, where the address of the route ends in "mime", as it came. The
 * body is not signed, so the token is the key: a mail comes once for each of its recipients, and a token counts once.
 */
export function parseInbound(form: PostedForm, signed: Signed): ProviderEvent[] {
  const { fields } = form;
  const mail = form.rawMail ? readMail(form.rawMail) : mailOfFields(form);
  const event = eventOf(mail, fields, signed);
  return [event, ...consentEvents(event, field(fields, 'stripped-text') ?? mail.text)];
}

/** The time is that of Mailgun, which it signs; a Date header may say anything. */
function eventOf(mail: Mail, fields: Form, { timestamp, token }: Signed): InboundEvent {
  const at = new Date(Number(timestamp) * 1000);
  const envelope = { from: field(fields, 'sender'), to: field(fields, 'recipient'), fallbackId: token, receivedAt: at };
  const { inReplyTo, ...event } = inboundEventOf(mail, envelope);
  const repliesTo = providerIdOf(inReplyTo, event.from);
  return { ...event, eventKey: `token:${token}`, at, ...(repliesTo && { inReplyTo: repliesTo }) };
}

/** What the person wrote, without what they quote: the whole of it must be the keyword. */
function consentEvents({ eventKey, at, from }: InboundEvent, text: string | undefined): ConsentEvent[] {
  const consent = consentOf(text ?? '');
  if (!consent) return [];
  const { action, keyword } = consent;
  return [{ kind: 'consent', eventKey: `${eventKey}:consent`, at, address: from, action, source: keyword }];
}

/** All text is UTF-8 by now, whatever the mail was in. */
function mailOfFields({ fields, files }: PostedForm): Mail {
  const contentIds = contentIdsOf(fields);
  return {
    headers: { ...headersOf(fields), from: field(fields, 'from') ?? '' },
    subject: field(fields, 'subject'),
    text: field(fields, 'body-plain'),
    html: field(fields, 'body-html'),
    attachments: [...files]
      .filter(([name]) => /^attachment-\d+$/.test(name))
      .map(([name, part]) => fileOf(part, contentIds.get(name))),
  };
}

/** `[["Message-Id", "<a@b>"], …]`; the first of equal names counts. */
function headersOf(fields: Form): Readonly<Record<string, string>> {
  const headers: Record<string, string> = Object.create(null);
  for (const pair of listOf(field(fields, 'message-headers'))) {
    const [name, value]: unknown[] = Array.isArray(pair) ? pair : [];
    if (typeof name === 'string' && typeof value === 'string') headers[name.toLowerCase()] ??= value;
  }
  return headers;
}

function listOf(json: string | undefined): readonly unknown[] {
  try {
    const list: unknown = JSON.parse(json ?? '[]');
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/** `{"<cid>": "attachment-1"}`, by the name of the field. */
function contentIdsOf(fields: Form): ReadonlyMap<string, string> {
  const map = readJsonObject(Buffer.from(field(fields, 'content-id-map') ?? '')) ?? {};
  return new Map(
    Object.entries(map).flatMap(([id, name]): [string, string][] => {
      const bare = withoutBrackets(id);
      return typeof name === 'string' && bare ? [[name, bare]] : [];
    }),
  );
}

/** The name is UTF-8, which no parser of headers knows. */
function fileOf(part: MimePart, contentId: string | undefined): Attachment {
  const file = attachmentOf(part, part.body);
  const filename = Buffer.from(file.filename, 'latin1').toString('utf8');
  return { ...file, filename, ...(contentId && { contentId }) };
}
