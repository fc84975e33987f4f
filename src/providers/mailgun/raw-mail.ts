import { decodedBody, decodeText, decodeWords, leavesOf, parameterOf, readPart, type MimePart } from '../mime';
import type { Attachment } from '../provider';
import { withoutBrackets } from './message-id';

/** A mail that somebody sent us. */
export interface Mail {
  /** By names in lower case. */
  headers: Readonly<Record<string, string>>;
  subject?: string | undefined;
  text?: string | undefined;
  html?: string | undefined;
  attachments: Attachment[];
}

/** Reads a mail as it came over the wire (RFC 5322). */
export function mailOfRaw(bytes: Buffer): Mail {
  const message = readPart(bytes);
  const leaves = leavesOf(message);
  return {
    headers: message.headers,
    subject: decodeWords(message.headers['subject'] ?? ''),
    text: bodyOf(leaves, 'text/plain'),
    html: bodyOf(leaves, 'text/html'),
    attachments: leaves.filter(isFile).map(attachmentOf),
  };
}

function bodyOf(leaves: readonly MimePart[], type: string): string | undefined {
  const leaf = leaves.find((part) => !isFile(part) && typeOf(part) === type);
  return leaf && decodeText(decodedBody(leaf), parameterOf(leaf.headers['content-type'] ?? '', 'charset'));
}

/** What is attached, and images inside the HTML. */
function isFile(part: MimePart): boolean {
  const isText = ['text/plain', 'text/html'].includes(typeOf(part));
  return /^attachment\b/i.test(part.headers['content-disposition'] ?? '') || !isText;
}

function attachmentOf(part: MimePart): Attachment {
  const { headers } = part;
  const filename =
    parameterOf(headers['content-disposition'] ?? '', 'filename') ?? parameterOf(headers['content-type'] ?? '', 'name');
  const contentId = withoutBrackets(headers['content-id']);
  return {
    filename: decodeWords(filename ?? 'attachment'),
    contentType: typeOf(part),
    content: decodedBody(part),
    ...(contentId && { contentId }),
  };
}

function typeOf({ headers }: MimePart): string {
  return (headers['content-type'] ?? 'text/plain').split(';')[0]?.trim().toLowerCase() ?? '';
}
