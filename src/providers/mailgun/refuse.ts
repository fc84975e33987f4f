import type { Capabilities, Content } from '../provider';
import { refuseByCapabilities, type Judged, type Refusal } from '../refusals';

/** Mailgun takes mails of 25 MB. Files are a third and the line ends longer in them, so 18 MB of files leave room for text. */
const MAX_MAIL_BYTES = 25_000_000;
const MAIL_BYTES_PER_FILE_BYTE = 1.37;

export const CAPABILITIES: Capabilities = {
  messageTypes: ['TEXT', 'HTML', 'IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'TEMPLATE'],
  maxButtons: 0,
  attachments: true,
  maxAttachmentBytes: 18_000_000,
  providerTemplates: true,
  receipts: ['DELIVERED', 'OPENED', 'CLICKED'],
  inbound: true,
  echoWindowMs: 600_000,
  fromPattern: '[^\\s@<>"\',;]{1,64}@[^\\s@<>"\',;]{1,190}\\.[^\\s@<>"\',;.]{2,63}',
};

/** Options, headers and variables are limited to 16 KB together; the rest is for those that the channel adds. */
const MAX_OPTION_BYTES = 14_000;

/** Headers that come from fields of their own or that Mailgun writes itself; lower case. */
const RESERVED_HEADERS: readonly string[] = [
  'to',
  'from',
  'cc',
  'bcc',
  'subject',
  'message-id',
  'date',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'received',
  'return-path',
  'dkim-signature',
];

/** RFC 5322, 3.6.8: printable US-ASCII without the colon. */
const HEADER_NAME = /^[!-9;-~]+$/;

export function refuse(message: Judged): Refusal[] {
  return [
    ...refuseByCapabilities(message, CAPABILITIES),
    ...severalRecipients(message.to),
    ...missingSubject(message.content),
    ...badTemplate(message.content),
    ...badHeaders(message.content),
    ...tooManyOptions(message.content),
    ...tooLarge(message.content),
  ];
}

/** The API takes what stands between commas for an address. */
function severalRecipients(to: string): Refusal[] {
  return /[,;<>\s]/.test(to) ? [{ pointer: '/to', message: 'Must be one plain e-mail address.' }] : [];
}

function missingSubject({ subject, template }: Content): Refusal[] {
  return subject || template ? [] : [{ pointer: '/content/subject', message: 'An e-mail needs a subject.' }];
}

/** Mailgun answers 400 to a template beside HTML. */
function badTemplate({ template, html }: Content): Refusal[] {
  if (!template) return [];
  const both = html ? [{ pointer: '/content/html', message: 'A mail has either a template or HTML.' }] : [];
  if (/^[^\s\p{Cc}]{1,255}$/u.test(template.name)) return both;
  return [{ pointer: '/content/template/name', message: 'Must be the name of a stored template.' }, ...both];
}

function badHeaders({ headers = {} }: Content): Refusal[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const pointer = `/content/headers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const known = name.toLowerCase();
    // X-Mailgun-* are the API's options under other names.
    if (RESERVED_HEADERS.includes(known) || known.startsWith('x-mailgun-'))
      return [{ pointer, message: 'This header cannot be set.' }];
    if (!HEADER_NAME.test(name) || /[\r\n\0]/.test(value)) return [{ pointer, message: 'Not a valid header.' }];
    return [];
  });
}

function tooManyOptions({ headers = {}, template }: Content): Refusal[] {
  const ofHeaders = Object.entries(headers).reduce((sum, [name, value]) => sum + bytes(name) + bytes(value), 0);
  const ofVariables = template ? bytes(JSON.stringify(template.variables)) : 0;
  if (ofHeaders + ofVariables <= MAX_OPTION_BYTES) return [];
  const pointer = ofVariables > ofHeaders ? '/content/template/variables' : '/content/headers';
  return [{ pointer, message: `Headers and variables: at most ${MAX_OPTION_BYTES} bytes together.` }];
}

/** Files that are too large by themselves are named by the capabilities. */
function tooLarge({ text = '', html = '', attachments = [] }: Content): Refusal[] {
  const ofFiles = attachments.reduce((sum, { content }) => sum + content.length, 0);
  if (ofFiles > (CAPABILITIES.maxAttachmentBytes ?? Infinity)) return [];
  const ofMail = bytes(text) + bytes(html) + Math.ceil(ofFiles * MAIL_BYTES_PER_FILE_BYTE);
  if (ofMail <= MAX_MAIL_BYTES) return [];
  const pointer = html.length > text.length ? '/content/html' : '/content/text';
  return [{ pointer, message: `A mail has at most ${MAX_MAIL_BYTES} bytes; this one would have ${ofMail}.` }];
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}
