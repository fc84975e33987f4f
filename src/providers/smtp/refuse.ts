import type { Attachment, Capabilities } from '../provider';
import { refuseByCapabilities, type Judged, type Refusal } from '../refusals';
import { isAddress } from './address';

/** Bounces come as mail to the envelope sender, not to us: no receipts, and no echo to wait for. */
export const CAPABILITIES: Capabilities = {
  messageTypes: ['TEXT', 'HTML', 'IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'TEMPLATE'],
  maxButtons: 0,
  attachments: true,
  maxAttachmentBytes: 25_000_000,
  providerTemplates: false,
  receipts: [],
  inbound: false,
  echoWindowMs: 0,
  fromPattern: '[^\\s@<>()[\\]\\\\",:;]{1,64}@[^\\s@<>()[\\]\\\\",:;]{1,190}\\.[^\\s@<>()[\\]\\\\",:;.]{2,63}',
};

/** Headers that mail.ts sets, and those that only servers may write; lower case. */
const RESERVED_HEADERS: readonly string[] = [
  'to',
  'from',
  'sender',
  'cc',
  'bcc',
  'reply-to',
  'subject',
  'date',
  'message-id',
  'mime-version',
  'return-path',
  'received',
  'received-spf',
  'authentication-results',
  'dkim-signature',
  'delivered-to',
];
const RESERVED_PREFIX = /^(content|resent|arc)-/i;

/** RFC 5322, 3.6.8: printable US-ASCII without the colon; and no longer than leaves room for a value on its line. */
const HEADER_NAME = /^[!-9;-~]{1,76}$/;
const CONTROL = /[\p{Cc}\u2028\u2029]/u;
/** RFC 5322, 2.1.1: a line may have 998 octets, and it can only be folded at blanks. */
const UNFOLDABLE = /\S{900}/;

/** RFC 2045, 5.1: type and subtype, perhaps with parameters. */
const CONTENT_TYPE =
  /^[\w!#$&^.+-]{1,60}\/[\w!#$&^.+-]{1,120}(?:\s*;\s*[\w.-]{1,60}=(?:[\w!#$&^.+/:-]{1,200}|"[\w !#$&^.+/:-]{0,200}"))*$/;
const CONTENT_ID = /^[^\s<>"\p{C}]{1,200}$/u;

export function refuse(message: Judged): Refusal[] {
  const byCapabilities = refuseByCapabilities(message, CAPABILITIES);
  return [
    ...byCapabilities,
    ...badRecipient(message),
    ...missingSubject(message),
    ...badHeaders(message),
    ...badFiles(message),
  ];
}

function badRecipient({ to }: Judged): Refusal[] {
  return isAddress(to) ? [] : [{ pointer: '/to', message: 'Must be one plain e-mail address.' }];
}

function missingSubject({ content }: Judged): Refusal[] {
  return content.subject ? [] : [{ pointer: '/content/subject', message: 'An e-mail needs a subject.' }];
}

function badHeaders({ content }: Judged): Refusal[] {
  return Object.entries(content.headers ?? {}).flatMap(([name, value]) => {
    const pointer = `/content/headers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (RESERVED_HEADERS.includes(name.toLowerCase()) || RESERVED_PREFIX.test(name))
      return [{ pointer, message: 'This header cannot be set.' }];
    if (!HEADER_NAME.test(name) || CONTROL.test(value) || UNFOLDABLE.test(value))
      return [{ pointer, message: 'Not a valid header.' }];
    return [];
  });
}

function badFiles({ content }: Judged): Refusal[] {
  return (content.attachments ?? []).some(isMisnamed)
    ? [{ pointer: '/attachments', message: 'A content type or content id is not valid.' }]
    : [];
}

function isMisnamed({ contentType, contentId }: Attachment): boolean {
  return !CONTENT_TYPE.test(contentType) || (contentId !== undefined && !CONTENT_ID.test(contentId));
}
