import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { LedgerEntry } from './described-server';

type Node = Record<string, unknown>;

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const description: Node = JSON.parse(readFileSync(join(__dirname, 'descriptions/whatsapp-cloud.openapi.json'), 'utf8'));

/** The object at this place of the description. */
function at(path: string): Node {
  const found = path.split('/').reduce<unknown>((node, name) => (node as Node | undefined)?.[name], description);
  if (typeof found !== 'object' || found === null) throw new Error(`The description has no ${path}.`);
  return found as Node;
}

const schema = (path: string) => at(`components/schemas/${path}`);

/** Adds to an object of the description, or to the end of a list. */
function add(path: string, addition: Node | readonly unknown[]): void {
  const place = schema(path);
  if (Array.isArray(place) && Array.isArray(addition)) place.push(...(addition as unknown[]));
  else Object.assign(place, addition);
}

const CLOSED = { unevaluatedProperties: false };

const CTA_URL = {
  required: ['name', 'parameters'],
  properties: {
    name: { const: 'cta_url' },
    parameters: {
      type: 'object',
      required: ['display_text', 'url'],
      properties: {
        display_text: { type: 'string', minLength: 1, maxLength: 20 },
        url: { type: 'string', format: 'uri' },
      },
      ...CLOSED,
    },
  },
};

function parameter(type: string, valueSchema: Node): Node {
  return { type: 'object', required: ['type', type], properties: { type: { const: type }, [type]: valueSchema } };
}

/**
 * What Meta documents beside its description (v23.0 of November 2025) and the description lacks, by page of
 * developers.facebook.com/documentation/business-messaging/whatsapp. Each is allowed by name, so that everything else which
 * is not described is a violation.
 */
function complete(): void {
  add('BaseMessageProperties/properties', {
    // webhooks/reference/messages/status: comes back in every status of the message.
    biz_opaque_callback_data: { type: 'string', maxLength: 512 },
    // business-scoped-user-ids: instead of "to".
    recipient: { type: 'string', pattern: '^[A-Z]{2}\\.(ENT\\.)?[A-Za-z0-9]{1,128}$' },
    to: { type: 'string', pattern: '^[1-9]\\d{6,14}$' },
  });
  add('BaseMessageProperties', {
    required: ['messaging_product', 'type'],
    oneOf: [{ required: ['to'] }, { required: ['recipient'] }],
  });
  // messages/interactive-cta-url-messages
  add('InteractiveObject/properties/type/enum', ['cta_url']);
  add('ActionObject/oneOf', [CTA_URL]);
  // messages/document-messages and its neighbours
  add('MediaObject', { properties: { caption: { type: 'string', maxLength: 1024 }, filename: { type: 'string' } } });
  // templates/overview, "Parameter formats": a named variable says its name.
  add('TextParameter/allOf/1/properties', { parameter_name: { type: 'string' } });
  // templates/components: a header with a location, and a coupon code.
  const place = { latitude: {}, longitude: {}, name: {}, address: {} };
  const location = { type: 'object', required: ['latitude', 'longitude'], properties: place, ...CLOSED };
  at('components/schemas')['LocationParameter'] = parameter('location', location);
  at('components/schemas')['CouponParameter'] = parameter('coupon_code', { type: 'string', maxLength: 20 });
  add('ButtonParameterObject/properties/type/enum', ['coupon_code']);
}

/** A discriminator with a mapping and no `oneOf` checks nothing; these are the choices that it means. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  TemplateComponent: ['HeaderComponent', 'BodyComponent', 'ButtonComponent'],
  ParameterObject: ['TextParameter', 'ImageParameter', 'VideoParameter', 'DocumentParameter', 'LocationParameter'],
  ButtonParameterObject: ['ButtonPayloadParameter', 'ButtonTextParameter', 'CouponParameter'],
};

/** Objects of which every member must be described. */
const STRICT = [
  ...['Text', 'Image', 'Video', 'Audio', 'Document', 'Sticker', 'Location', 'Interactive', 'Template'].map(
    (type) => `${type}Message`,
  ),
  ...['MediaObject', 'InteractiveObject', 'ActionObject', 'SectionObject', 'TemplateObject', 'LanguageObject'],
  ...Object.values(CHOICES).flat(),
];

/** What the description leaves open is closed, now that everything has a name. */
function close(): void {
  for (const [name, choices] of Object.entries(CHOICES)) chooseWhereListed(description, name, choices);
  for (const name of STRICT) add(name, CLOSED);
  add('TextMessage/allOf/1/properties/text', CLOSED);
  add('LocationMessage/allOf/1/properties/location', CLOSED);
}

function chooseWhereListed(node: unknown, name: string, choices: readonly string[]): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'items' && value?.$ref === ref(name).$ref) Object.assign(node, { items: { oneOf: choices.map(ref) } });
    else chooseWhereListed(value, name, choices);
  }
}

complete();
close();
const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }));
ajv.addSchema(description, 'whatsapp');

const compiled = new Map<string, ValidateFunction>();

/** What the description has to say against a value that should be this component. */
export function violationsOfSchema(name: string, value: unknown): string[] {
  const validate = compiled.get(name) ?? ajv.compile({ $ref: `whatsapp#/components/schemas/${name}` });
  compiled.set(name, validate);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }: ErrorObject) => `${instancePath || '/'} ${message}`);
}

/** By Meta's type, so that a fault names what is wrong with the message and not with all the others. */
const MESSAGE_SCHEMAS = schema('Message/discriminator/mapping') as Record<string, string>;

const PATHS: readonly [method: string, path: RegExp, check: (entry: LedgerEntry) => string[]][] = [
  ['POST', /^\/v\d+\.\d\/\d+\/messages$/, ({ body }) => violationsOfMessage(body)],
  ['POST', /^\/v\d+\.\d\/\d+\/media$/, violationsOfUpload],
  ['POST', /^\/v\d+\.\d\/\d+\/subscribed_apps$/, ({ body }) => violationsOfSchema('SubscriptionRequest', body)],
  ['GET', /^\/v\d+\.\d\/\d+$/, () => []],
  // reference/whatsapp-business-account/message-templates: not in the description.
  ['GET', /^\/v\d+\.\d\/\d+\/message_templates$/, violationsOfTemplateList],
];

/** Everything against a request: its path, its headers, its body. */
export function violationsOfRequest(entry: LedgerEntry): string[] {
  const found = PATHS.find(([method, path]) => method === entry.method && path.test(entry.path));
  if (!found) return [`${entry.method} ${entry.path} is not described`];
  const { pattern } = at('components/parameters/Authorization/schema');
  const authorised = new RegExp(String(pattern)).test(String(entry.headers['authorization']));
  return [...(authorised ? [] : ['authorization does not have the form that is described']), ...found[2](entry)];
}

function violationsOfMessage(body: LedgerEntry['body']): string[] {
  const { type } = body;
  const name = typeof type === 'string' ? MESSAGE_SCHEMAS[type]?.split('/').at(-1) : undefined;
  return name === undefined ? ['/type is not described'] : violationsOfSchema(name, body);
}

/** Fields of a message template that can be asked for. */
const TEMPLATE_FIELDS =
  'id name language status category rejected_reason components quality_score parameter_format'.split(' ');

function violationsOfTemplateList({ query }: LedgerEntry): string[] {
  const { fields, limit, after, ...unknown } = query as Record<string, string | undefined>;
  const badFields = (fields ?? '').split(',').filter((field) => !TEMPLATE_FIELDS.includes(field));
  return [
    ...Object.keys(unknown).map((name) => `/query/${name} is not described`),
    ...badFields.map((field) => `/query/fields has no ${field}`),
    ...(/^[1-9]\d{0,2}$/.test(limit ?? '') ? [] : ['/query/limit is no number up to 999']),
    ...(after === '' ? ['/query/after is empty'] : []),
  ];
}

function violationsOfUpload({ headers, body }: LedgerEntry): string[] {
  const isForm = String(headers['content-type']).startsWith('multipart/form-data; boundary=');
  const isComplete = body['messaging_product'] === 'whatsapp' && body['file'] !== undefined;
  return [...(isForm ? [] : ['/ is no form']), ...(isComplete ? [] : ['/ lacks messaging_product or file'])];
}
