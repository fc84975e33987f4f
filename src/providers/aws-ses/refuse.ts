import type { Capabilities } from '../provider';
import { refuseByCapabilities, type Judged, type Refusal } from '../refusals';
import { REF_HEADER } from './reference';

/**
 * SES takes 40 MB for the whole mail, in which attachments are base64 (a third longer, and two bytes a line more), so
 * 28 MB of files leave room for the text.
 */
export const CAPABILITIES: Capabilities = {
  messageTypes: ['TEXT', 'HTML', 'IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'TEMPLATE'],
  maxButtons: 0,
  attachments: true,
  maxAttachmentBytes: 28_000_000,
  providerTemplates: true,
  receipts: ['DELIVERED', 'OPENED', 'CLICKED'],
  inbound: true,
  echoWindowMs: 600_000,
  // In ASCII, and without what an address has to quote (RFC 5322, 3.2.3).
  fromPattern: "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}\\.[A-Za-z0-9-]{2,63}",
};

/**
 * Headers that SES makes itself from other parameters, and those that it overwrites, which would be lost ("Amazon SES
 * header fields"); lower case.
 */
const RESERVED_HEADERS: readonly string[] = [
  'from',
  'to',
  'cc',
  'bcc',
  'subject',
  'reply-to',
  'return-path',
  'date',
  'message-id',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'dkim-signature',
  REF_HEADER.toLowerCase(),
];

/** MessageHeader of the API: printable US-ASCII without the colon; each part and both together are limited. */
const HEADER_NAME = /^[!-9;-~]{1,126}$/;
const HEADER_VALUE = /^[ -~]{1,995}$/;
const MAX_HEADER_LENGTH = 996;

/** CreateEmailTemplate: letters, digits, underscores and dashes. */
const TEMPLATE_NAME = /^[A-Za-z0-9_-]{1,64}$/;

export function refuse(message: Judged): Refusal[] {
  return [
    ...refuseByCapabilities(message, CAPABILITIES),
    ...badRecipient(message),
    ...badTemplate(message),
    ...missingSubject(message),
    ...badHeaders(message),
  ];
}

/** SES has no SMTPUTF8; a domain can be written in ASCII, what stands before it cannot. */
function badRecipient({ to }: Judged): Refusal[] {
  const local = to.slice(0, Math.max(0, to.lastIndexOf('@')));
  return /^[ -~]*$/.test(local)
    ? []
    : [{ pointer: '/to', message: 'Amazon SES sends only to addresses in ASCII letters before the @.' }];
}

function badTemplate({ content: { template } }: Judged): Refusal[] {
  if (!template || TEMPLATE_NAME.test(template.name)) return [];
  return [
    {
      pointer: '/content/template/name',
      message: 'Must be the name of an SES template: at most 64 letters, digits, underscores and dashes.',
    },
  ];
}

function missingSubject({ content }: Judged): Refusal[] {
  return content.subject || content.template
    ? []
    : [{ pointer: '/content/subject', message: 'An e-mail needs a subject.' }];
}

function badHeaders({ content }: Judged): Refusal[] {
  return Object.entries(content.headers ?? {}).flatMap(([name, value]) => {
    const pointer = `/content/headers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (RESERVED_HEADERS.includes(name.toLowerCase())) return [{ pointer, message: 'This header cannot be set.' }];
    const isValid =
      HEADER_NAME.test(name) && HEADER_VALUE.test(value) && name.length + value.length <= MAX_HEADER_LENGTH;
    return isValid ? [] : [{ pointer, message: 'Not a header that Amazon SES takes: ASCII, at most 996 characters.' }];
  });
}
