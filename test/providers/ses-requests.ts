import { Ajv2020 } from 'ajv/dist/2020';
import type { LedgerEntry } from './described-server';

/**
 * Requests of the API v2 of Amazon SES as its reference describes them (SendEmail, SendBulkEmail, GetAccount and their
 * types); AWS publishes no OpenAPI description. Only what is used is here: a member that is not is a violation.
 */
const text = { type: 'string' };
const list = (items: object, limits: object = {}) => ({ type: 'array', items, ...limits });
const object = (properties: Record<string, object>, ...required: string[]) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const address = { type: 'string', pattern: '^[\\x20-\\x7e]*@[A-Za-z0-9.-]+>?$' };
const tag = { type: 'string', pattern: '^[A-Za-z0-9_-]{1,256}$' };
const tags = list(object({ Name: tag, Value: tag }, 'Name', 'Value'));
const header = object(
  { Name: { type: 'string', pattern: '^[!-9;-~]{1,126}$' }, Value: { type: 'string', pattern: '^[ -~]{1,995}$' } },
  'Name',
  'Value',
);
const headers = list(header, { maxItems: 15 });
const destination = object({ ToAddresses: list(address, { minItems: 1, maxItems: 50 }) }, 'ToAddresses');
const data = object({ Data: text, Charset: text }, 'Data');
const attachments = list(
  object(
    {
      RawContent: { type: 'string', pattern: '^[A-Za-z0-9+/]+={0,2}$' },
      FileName: { type: 'string', maxLength: 255 },
      ContentType: text,
      ContentDisposition: { enum: ['ATTACHMENT', 'INLINE'] },
      ContentTransferEncoding: { enum: ['BASE64', 'QUOTED_PRINTABLE', 'SEVEN_BIT'] },
      ContentId: { type: 'string', maxLength: 78 },
    },
    'RawContent',
    'FileName',
  ),
);
const template = object(
  {
    TemplateName: { type: 'string', minLength: 1 },
    TemplateData: { type: 'string', maxLength: 262_144 },
    Headers: headers,
    Attachments: attachments,
  },
  'TemplateName',
);
const simple = object(
  {
    Subject: data,
    Body: { ...object({ Text: data, Html: data }), minProperties: 1 },
    Headers: headers,
    Attachments: attachments,
  },
  'Subject',
  'Body',
);
const sender = { FromEmailAddress: address, ReplyToAddresses: list(address), ConfigurationSetName: text };

const SEND_EMAIL = object(
  {
    ...sender,
    Destination: destination,
    Content: { ...object({ Simple: simple, Template: template }), minProperties: 1, maxProperties: 1 },
    EmailTags: tags,
  },
  'Content',
);
const ENTRY = object(
  {
    Destination: destination,
    ReplacementEmailContent: object({ ReplacementTemplate: object({ ReplacementTemplateData: text }) }),
    ReplacementHeaders: headers,
    ReplacementTags: tags,
  },
  'Destination',
);
const SEND_BULK_EMAIL = object(
  {
    ...sender,
    DefaultContent: object({ Template: template }),
    BulkEmailEntries: list(ENTRY, { minItems: 1, maxItems: 50 }),
  },
  'DefaultContent',
  'BulkEmailEntries',
);

const ajv = new Ajv2020({ allErrors: true });
const OPERATIONS = {
  'POST /v2/email/outbound-emails': ajv.compile(SEND_EMAIL),
  'POST /v2/email/outbound-bulk-emails': ajv.compile(SEND_BULK_EMAIL),
  'GET /v2/email/account': ajv.compile(object({})),
};

/** What the reference has to say against a request; empty when it is valid. */
export function sesFaults({ method, path, body }: Pick<LedgerEntry, 'method' | 'path' | 'body'>): string[] {
  const name = `${method} ${path}`;
  if (!Object.hasOwn(OPERATIONS, name)) return [`no such operation: ${name}`];
  const validate = OPERATIONS[name as keyof typeof OPERATIONS];
  validate(body);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
