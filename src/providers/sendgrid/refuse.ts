import type { Capabilities } from '../provider';
import { refuseByCapabilities, type Judged, type Refusal } from '../refusals';

/**
 * SendGrid takes 30 MB for the whole JSON request, in which attachments are base64 (a third longer), so 20 MB of files
 * leave room for the text.
 */
export const CAPABILITIES: Capabilities = {
  messageTypes: ['TEXT', 'HTML', 'IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'TEMPLATE'],
  maxButtons: 0,
  attachments: true,
  maxAttachmentBytes: 20_000_000,
  providerTemplates: true,
  receipts: ['DELIVERED', 'OPENED', 'CLICKED'],
  inbound: true,
  echoWindowMs: 600_000,
  fromPattern: '[^\\s@<>"\',;]{1,64}@[^\\s@<>"\',;]{1,190}\\.[^\\s@<>"\',;.]{2,63}',
};

/** Headers that SendGrid answers 400 to (description of mail/send), and the one that mail.ts sets; lower case. */
const RESERVED_HEADERS: readonly string[] = [
  'x-sg-id',
  'x-sg-eid',
  'received',
  'dkim-signature',
  'content-type',
  'content-transfer-encoding',
  'to',
  'from',
  'subject',
  'reply-to',
  'cc',
  'bcc',
  'message-id',
];

/** RFC 5322, 3.6.8: printable US-ASCII without the colon. */
const HEADER_NAME = /^[!-9;-~]+$/;

/** The SDK leaves template data out without a word unless the id has this form, so a name of another form is refused. */
const DYNAMIC_TEMPLATE_ID = /^d-[0-9a-f]{32}$/;

export function refuse(message: Judged): Refusal[] {
  return [
    ...refuseByCapabilities(message, CAPABILITIES),
    ...badTemplate(message),
    ...missingSubject(message),
    ...badHeaders(message),
  ];
}

function badTemplate({ content }: Judged): Refusal[] {
  if (!content.template || DYNAMIC_TEMPLATE_ID.test(content.template.name)) return [];
  return [
    {
      pointer: '/content/template/name',
      message: 'Must be the id of a dynamic template (d- and 32 hexadecimal digits).',
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
    if (!HEADER_NAME.test(name) || /[\r\n\0]/.test(value)) return [{ pointer, message: 'Not a valid header.' }];
    return [];
  });
}
