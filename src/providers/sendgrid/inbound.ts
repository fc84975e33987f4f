import {
  decodedBody,
  decodeText,
  decodeWords,
  leavesOf,
  parameterOf,
  readHeaderLines,
  readPart,
  splitParts,
  type MimePart,
} from '../mime';
import { readJsonObject, textOf } from '../json';
import type { Attachment, Content, InboundEvent, WebhookRequest } from '../provider';
import { sha256Hex } from '../signature';

/** Headers of a mail that threading and loop protection need; the others stay in the log of the request. */
const KEPT_HEADERS: readonly string[] = ['Message-ID', 'In-Reply-To', 'References', 'Auto-Submitted'];

interface Mail {
  headers: Readonly<Record<string, string>>;
  subject?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
  attachments: Attachment[];
}

/** One mail of Inbound Parse, either taken apart by SendGrid or, with "Send Raw", as it came. Throws when it is neither. */
export function parseInbound(request: WebhookRequest): InboundEvent {
  const boundary = parameterOf(request.headers['content-type'] ?? '', 'boundary');
  const parts = boundary === undefined ? [] : splitParts(request.rawBody, boundary);
  const fields = new Map(
    parts.map((part) => [parameterOf(part.headers['content-disposition'] ?? '', 'name') ?? '', part]),
  );

  const raw = fields.get('email');
  const mail = raw ? mailOfRaw(raw.body) : mailOfFields(fields);
  return eventOf(mail, fields, request);
}

function eventOf(mail: Mail, fields: ReadonlyMap<string, MimePart>, request: WebhookRequest): InboundEvent {
  const envelope = readJsonObject(fields.get('envelope')?.body ?? Buffer.alloc(0)) ?? {};
  const recipients = Array.isArray(envelope['to']) ? envelope['to'] : [];
  const sender = readMailbox(decodeWords(mail.headers['from'] ?? ''));
  const from = sender.address || textOf(envelope, 'from');
  const to = recipients.find((address) => typeof address === 'string') ?? readMailbox(mail.headers['to'] ?? '').address;
  if (!from || !to) throw new Error('The request names no sender or no recipient.');

  const id = withoutBrackets(mail.headers['message-id']) ?? sha256Hex(request.rawBody);
  const repliesTo = withoutBrackets(mail.headers['in-reply-to']);
  return {
    kind: 'inbound',
    eventKey: `inbound:${sha256Hex(id)}`,
    at: timeOf(mail.headers['date'], request.receivedAt),
    providerMessageId: id,
    from,
    to,
    ...(sender.name && { profileName: sender.name }),
    messageType: mail.html ? 'HTML' : 'TEXT',
    content: contentOf(mail),
    ...(repliesTo && { inReplyTo: repliesTo }),
  };
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

function mailOfRaw(bytes: Buffer): Mail {
  const message = readPart(bytes);
  const leaves = leavesOf(message);
  const isFile = ({ headers }: MimePart) => /^attachment/i.test(headers['content-disposition'] ?? '');
  const body = (type: string) => {
    const leaf = leaves.find(
      (part) => !isFile(part) && (part.headers['content-type'] ?? 'text/plain').toLowerCase().startsWith(type),
    );
    return leaf && decodeText(decodedBody(leaf), parameterOf(leaf.headers['content-type'] ?? '', 'charset'));
  };
  return {
    headers: message.headers,
    subject: decodeWords(message.headers['subject'] ?? ''),
    text: body('text/plain'),
    html: body('text/html'),
    attachments: leaves.filter(isFile).map((part) => attachmentOf(part, decodedBody(part))),
  };
}

function attachmentOf({ headers }: MimePart, content: Buffer): Attachment {
  const type = headers['content-type'] ?? 'application/octet-stream';
  const filename =
    parameterOf(headers['content-disposition'] ?? '', 'filename') ?? parameterOf(type, 'name') ?? 'attachment';
  const contentId = withoutBrackets(headers['content-id']);
  return {
    filename: decodeWords(filename),
    contentType: (type.split(';')[0] ?? type).trim(),
    content,
    ...(contentId && { contentId }),
  };
}

/** `Ann <ann@example.com>`, `"Lee, Ann" <ann@example.com>`, `ann@example.com`. */
function readMailbox(value: string): { name: string; address: string } {
  const match = /^\s*(.*?)\s*<([^<>]*)>/s.exec(value);
  if (!match) return { name: '', address: (value.split(',')[0] ?? '').trim() };
  return { name: (match[1] ?? '').replace(/^"(.*)"$/s, '$1'), address: (match[2] ?? '').trim() };
}

function withoutBrackets(id: string | undefined): string | undefined {
  return (
    id
      ?.trim()
      .replace(/^<(.*)>$/s, '$1')
      .slice(0, 500) || undefined
  );
}

function timeOf(date: string | undefined, receivedAt: Date): Date {
  const at = new Date(date ?? '');
  return Number.isNaN(at.getTime()) ? receivedAt : at;
}
