import { field, type Form } from '../form';
import { readJsonObject } from '../json';
import { consentOf } from '../keywords';
import { decodeWords, parameterOf, type MimePart } from '../mime';
import type { Attachment, ConsentEvent, Content, InboundEvent, ProviderEvent } from '../provider';
import { providerIdOf, withoutBrackets } from './message-id';
import { mailOfRaw, type Mail } from './raw-mail';
import type { PostedForm, Signed } from './request-fields';

/** Headers of a mail that threading and loop protection need; the others stay in the log of the request. */
const KEPT_HEADERS: readonly string[] = ['Message-Id', 'In-Reply-To', 'References', 'Auto-Submitted'];

/**
 * One mail that a route forwarded, taken apart by Mailgun or, where the address of the route ends in "mime", as it came. The
 * body is not signed, so the token is the key: a mail comes once for each of its recipients, and a token counts once.
 */
export function parseInbound(form: PostedForm, signed: Signed): ProviderEvent[] {
  const { fields } = form;
  const mail = form.rawMail ? mailOfRaw(form.rawMail) : mailOfFields(form);
  const event = eventOf(mail, fields, signed);
  return [event, ...consentEvents(event, field(fields, 'stripped-text') ?? mail.text)];
}

function eventOf(mail: Mail, fields: Form, { timestamp, token }: Signed): InboundEvent {
  const sender = readMailbox(decodeWords(field(fields, 'from') ?? mail.headers['from'] ?? ''));
  const from = sender.address || field(fields, 'sender');
  const to = field(fields, 'recipient');
  if (!from || !to) throw new Error('The form names no sender or no recipient.');

  const repliesTo = providerIdOf(mail.headers['in-reply-to'], from);
  return {
    kind: 'inbound',
    eventKey: `token:${token}`,
    at: new Date(Number(timestamp) * 1000),
    providerMessageId: withoutBrackets(mail.headers['message-id']) ?? token,
    from,
    to,
    ...(sender.name && { profileName: sender.name }),
    messageType: mail.html ? 'HTML' : 'TEXT',
    content: contentOf(mail),
    ...(repliesTo && { inReplyTo: repliesTo }),
  };
}

/** What the person wrote, without what they quote: the whole of it must be the keyword. */
function consentEvents({ eventKey, at, from }: InboundEvent, text: string | undefined): ConsentEvent[] {
  const consent = consentOf(text ?? '');
  if (!consent) return [];
  const { action, keyword } = consent;
  return [{ kind: 'consent', eventKey: `${eventKey}:consent`, at, address: from, action, source: keyword }];
}

function contentOf({ headers, subject, text, html, attachments }: Mail): Content {
  const kept = KEPT_HEADERS.flatMap((name) => {
    const value = headers[name.toLowerCase()];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    ...(subject && { subject }),
    ...(text && { text }),
    ...(html && { html }),
    ...(attachments.length > 0 && { attachments }),
    ...(kept.length > 0 && { headers: Object.fromEntries(kept) }),
  };
}

/** All text is UTF-8 by now, whatever the mail was in. */
function mailOfFields({ fields, files }: PostedForm): Mail {
  const contentIds = contentIdsOf(fields);
  return {
    headers: headersOf(fields),
    subject: field(fields, 'subject'),
    text: field(fields, 'body-plain'),
    html: field(fields, 'body-html'),
    attachments: [...files]
      .filter(([name]) => /^attachment-\d+$/.test(name))
      .map(([name, part]) => attachmentOf(part, contentIds.get(name))),
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

function attachmentOf({ headers, body }: MimePart, contentId: string | undefined): Attachment {
  const filename = parameterOf(headers['content-disposition'] ?? '', 'filename') || 'attachment';
  return {
    filename: Buffer.from(filename, 'latin1').toString('utf8'),
    contentType: (headers['content-type'] ?? 'application/octet-stream').split(';')[0] ?? '',
    content: body,
    ...(contentId && { contentId }),
  };
}

/** `Ann <ann@example.com>`, `"Lee, Ann" <ann@example.com>`, `ann@example.com`. */
function readMailbox(value: string): { name: string; address: string } {
  const match = /^\s*(.*?)\s*<([^<>]*)>/s.exec(value);
  if (!match) return { name: '', address: (value.split(',')[0] ?? '').trim() };
  return { name: (match[1] ?? '').replace(/^"(.*)"$/s, '$1'), address: (match[2] ?? '').trim() };
}
