import { decodedBody, decodeText, decodeWords, leavesOf, parameterOf, readPart, type MimePart } from './mime';
import type { Attachment, Content, InboundEvent } from './provider';
import { sha256Hex } from './signature';

/** Headers of a mail that threading and loop protection need; the others stay in the log of the request. */
const KEPT_HEADERS: readonly string[] = ['Message-ID', 'In-Reply-To', 'References', 'Auto-Submitted'];

/** A mail taken apart: header names in lower case. */
export interface Mail {
  headers: Readonly<Record<string, string>>;
  subject?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
  attachments: Attachment[];
}

/** What the provider knows of a mail beside the mail itself. */
export interface Envelope {
  /** Who it was handed over from and to, where the provider says so; else the headers do. */
  from?: string | undefined;
  to?: string | undefined;
  /** Stands for the Message-ID of a mail that has none. */
  fallbackId: string;
  /** The time of a mail without a readable date. */
  receivedAt: Date;
}

/** The event of a mail to us. Throws when nobody can say who wrote it or to whom. */
export function inboundEventOf(mail: Mail, envelope: Envelope): InboundEvent {
  const sender = readMailbox(decodeWords(mail.headers['from'] ?? ''));
  const from = sender.address || envelope.from;
  const to = envelope.to ?? readMailbox(mail.headers['to'] ?? '').address;
  if (!from || !to) throw new Error('The request names no sender or no recipient.');

  const id = withoutBrackets(mail.headers['message-id']) ?? envelope.fallbackId;
  const repliesTo = withoutBrackets(mail.headers['in-reply-to']);
  return {
    kind: 'inbound',
    eventKey: `inbound:${sha256Hex(id)}`,
    at: timeOf(mail.headers['date'], envelope.receivedAt),
    providerMessageId: id,
    from,
    to,
    ...(sender.name && { profileName: sender.name }),
    messageType: mail.html ? 'HTML' : 'TEXT',
    content: contentOf(mail),
    ...(repliesTo && { inReplyTo: repliesTo }),
  };
}

/** Takes a whole MIME message apart: the first text, the first HTML, and the files. */
export function readMail(bytes: Buffer): Mail {
  const message = readPart(bytes);
  const leaves = leavesOf(message);
  // Images inside the HTML are files too, though they are not called attachments.
  const isFile = ({ headers }: MimePart) =>
    /^attachment/i.test(headers['content-disposition'] ?? '') ||
    !/^text\/(plain|html)\b/i.test(headers['content-type'] ?? 'text/plain');
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

/** A part of a mail or of a form as a file. */
export function attachmentOf({ headers }: MimePart, content: Buffer): Attachment {
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
