import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mailgun } from '../../src/providers/mailgun';
import { faultOfAnswer, REASON_CLASSES, STATUS_CLASSES, waitOf } from '../../src/providers/mailgun/errors';
import type { Account, FaultClass, WebhookRequest } from '../../src/providers/provider';
import { accountOf } from './accounts';
import { recorder } from './recorder';

function read(file: string) {
  return JSON.parse(readFileSync(join(__dirname, 'vectors', file), 'utf8'));
}

const JSON_TYPE = 'application/json; charset=utf-8';
const FORM_TYPE = 'application/x-www-form-urlencoded';

function requestOf(body: string, contentType = JSON_TYPE): WebhookRequest {
  const url = 'https://hooks.acme.example/x';
  const rawBody = Buffer.from(body);
  return { method: 'POST', url, headers: { 'content-type': contentType }, query: {}, rawBody, receivedAt: new Date(0) };
}

function verify(request: WebhookRequest, webhookSigningKey: string, seconds: number) {
  const account = accountOf('mailgun', 'EMAIL') as Account<never>;
  const { io } = recorder(new Date(seconds * 1000), () => ({ kind: 'NOT_SENT', code: '', message: '' }));
  const signing = { ...account, credentials: { ...(account.credentials as object), webhookSigningKey } as never };
  return mailgun.webhook?.verify(request, signing, io);
}

function parse(request: WebhookRequest) {
  return mailgun.webhook?.parse(request, accountOf('mailgun', 'EMAIL') as Account<never>) ?? [];
}

describe("Mailgun's signed webhooks", () => {
  const { signingKey, vectors } = read('mailgun-webhooks.json');
  type Vector = { name: string; body: { signature: Record<string, string>; 'event-data': Record<string, unknown> } };

  it.each((vectors as Vector[]).map((vector) => [vector.name, vector.body] as const))(
    'are believed: %s',
    (_name, body) => {
      const seconds = Number(body.signature['timestamp']);
      const changed = (signature: Record<string, string>) =>
        requestOf(JSON.stringify({ ...body, signature: { ...body.signature, ...signature } }));
      expect(verify(requestOf(JSON.stringify(body)), signingKey, seconds)).toBe(true);
      expect(verify(requestOf(JSON.stringify(body)), signingKey.replace('k', 'K'), seconds)).toBe(false);
      expect(verify(changed({ token: `${body.signature['token']?.slice(1)}0` }), signingKey, seconds)).toBe(false);
      expect(verify(changed({ timestamp: String(seconds + 1) }), signingKey, seconds)).toBe(false);
      expect(verify(requestOf(JSON.stringify(body), 'text/plain'), signingKey, seconds)).toBe(false);
    },
  );

  it('are not believed when digits were moved between the two signed values, which leaves their sum as it was', () => {
    const key = 'k'.repeat(32);
    const signature = createHmac('sha256', key).update('1661621710123abc').digest('hex');
    const body = (timestamp: string, token: string) => JSON.stringify({ signature: { timestamp, token, signature } });
    expect(verify(requestOf(body('1661621710', '123abc')), key, 1_661_621_710)).toBe(true);
    expect(verify(requestOf(body('16616217101', '23abc')), key, 16_616_217_101)).toBe(false);
    expect(verify(requestOf(body('166162171', '0123abc')), key, 166_162_171)).toBe(false);
  });

  it.each([
    ['accepted', [['status', 'SENT']]],
    ['clicks', [['engagement', 'CLICKED']]],
    ['delivered_messages', [['status', 'DELIVERED']]],
    ['opens', [['engagement', 'OPENED']]],
    [
      'permanent_failure',
      [
        ['status', 'FAILED'],
        ['consent', 'HARD_BOUNCED'],
      ],
    ],
    [
      'permanent_failure_no_description',
      [
        ['status', 'FAILED'],
        ['consent', 'HARD_BOUNCED'],
      ],
    ],
    ['spam_complaints', [['consent', 'COMPLAINED']]],
    [
      'suppression_failure',
      [
        ['status', 'FAILED'],
        ['consent', 'HARD_BOUNCED'],
      ],
    ],
    ['temporary_failure', [['engagement', 'DEFERRED']]],
    ['unsubscribes', [['consent', 'OPTED_OUT']]],
  ])('are understood: %s', (name, expected) => {
    const { body } = (vectors as Vector[]).find((vector) => vector.name === name) ?? {};
    expect(kindsOf(parse(requestOf(JSON.stringify(body))))).toEqual(expected);
  });

  it('tell an event once, however often and with whatever signature it comes', () => {
    const [{ body }] = vectors as [Vector];
    const keys = [{}, { token: 'another', timestamp: '1', signature: '' }].map((signature) =>
      parse(requestOf(JSON.stringify({ ...body, signature }))).map(({ eventKey }) => eventKey),
    );
    expect(keys[0]).toEqual(['4o7-z86dSkSI54c6IudeuA:2024-02-08:accepted']);
    expect(keys[1]).toEqual(keys[0]);
  });
});

/** Each character as one byte. */
function percentEncoded(latin1: string): string {
  return latin1.replace(/[^A-Za-z0-9]/g, (char) => `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function kindsOf(events: ReturnType<typeof parse>) {
  return events.map((event) => {
    if (event.kind === 'status') return [event.kind, event.status];
    return 'action' in event ? [event.kind, event.action] : [event.kind];
  });
}

describe("Mailgun's documented events", () => {
  const { samples } = read('mailgun-events.json');

  it.each([
    ['Accepted:', [['status', 'SENT']]],
    ['Accepted (Routed):', [['unknown']]],
    ['Delivered:', [['status', 'DELIVERED']]],
    [
      'Failed (Permanent):',
      [
        ['status', 'FAILED'],
        ['consent', 'HARD_BOUNCED'],
      ],
    ],
    ['Failed (Temporary):', [['engagement', 'DEFERRED']]],
    ['Opened:', [['engagement', 'OPENED']]],
    ['Clicked:', [['engagement', 'CLICKED']]],
    ['Unsubscribed:', [['consent', 'OPTED_OUT']]],
    ['Complained:', [['consent', 'COMPLAINED']]],
    ['Stored:', [['unknown']]],
    ['Rejected:', [['status', 'FAILED']]],
  ])('are understood: %s', (title, expected) => {
    const { event } = samples.find((sample: { title: string }) => sample.title === title);
    const events = parse(requestOf(JSON.stringify({ 'event-data': event })));
    expect(kindsOf(events)).toEqual(expected);
    expect(events[0]?.at).toEqual(new Date(Math.round(event.timestamp * 1000)));
  });
});

describe('a mail that a route forwards', () => {
  const { fields } = read('mailgun-inbound.json') as { fields: Record<string, string> };
  const { signingKey } = read('mailgun-webhooks.json');
  const body = (changes: Record<string, string> = {}) => new URLSearchParams({ ...fields, ...changes }).toString();

  it('is believed and read', () => {
    const request = requestOf(body(), FORM_TYPE);
    expect(verify(request, signingKey, Number(fields['timestamp']))).toBe(true);
    expect(parse(request)).toMatchObject([
      { kind: 'inbound', from: 'ann@example.com', to: 'support@mg.example.com', providerMessageId: 'in1@example.com' },
    ]);
  });

  it('counts once for a token, since the rest of the form is not signed', () => {
    const keys = [body(), body({ 'body-plain': 'forged', 'message-headers': '[["Message-Id","<x@y>"]]' })].map((form) =>
      parse(requestOf(form, FORM_TYPE)).map(({ eventKey }) => eventKey),
    );
    expect(keys).toEqual([[`token:${fields['token']}`], [`token:${fields['token']}`]]);
  });

  it.each([
    ['a form', FORM_TYPE, (mime: string) => `body-mime=${percentEncoded(mime)}&x=1`],
    [
      'a multipart form',
      'multipart/form-data; boundary=b1',
      (mime: string) => `--b1\r\nContent-Disposition: form-data; name="body-mime"\r\n\r\n${mime}\r\n--b1--\r\n`,
    ],
  ])('is read in the charset of its sender where %s brings it as it came', (_case, contentType, write) => {
    const rawMail = 'From: a@b.co\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nGr\u00fc\u00dfe';
    const rest = { recipient: 'c@d.co', timestamp: '1795255195', token: 't', signature: '0'.repeat(64) };
    const fields = Object.entries(rest).map(([name, value]) =>
      contentType === FORM_TYPE
        ? `&${name}=${value}`
        : `--b1\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    );
    const body = contentType === FORM_TYPE ? write(rawMail) + fields.join('') : fields.join('') + write(rawMail);
    const request = { ...requestOf('', contentType), rawBody: Buffer.from(body, 'latin1') };
    expect(parse(request)).toMatchObject([{ kind: 'inbound', content: { text: 'Gr\u00fc\u00dfe' } }]);
  });

  it.each([
    ['no sender', { from: '', sender: '' }],
    ['no recipient', { recipient: '' }],
    ['no token', { token: '' }],
  ])('is not read with %s', (_case, changes) => {
    expect(() => parse(requestOf(body(changes), FORM_TYPE))).toThrow(Error);
  });
});

describe('a call without a channel key', () => {
  const keysOf = (request: WebhookRequest) => mailgun.webhook?.accountKeys?.(request);
  const event = (data: object) => requestOf(JSON.stringify({ signature: {}, 'event-data': data }));
  const message = { headers: { 'message-id': '20261121.1@MG.acme.example' } };

  it.each<[string, WebhookRequest, string[]]>([
    ['the domain of the event', event({ domain: { name: 'Mg2.Acme.example' }, message }), ['mg2.acme.example']],
    ['the domain of the Message-ID in older events', event({ message }), ['mg.acme.example']],
    ['nothing where there is neither', event({ event: 'list_uploaded' }), []],
    [
      'the domain of a legacy webhook',
      requestOf('event=opened&domain=mg.acme.example', FORM_TYPE),
      ['mg.acme.example'],
    ],
    ['the domain of an inbound recipient', requestOf('recipient=a%40mg.acme.example', FORM_TYPE), ['mg.acme.example']],
    ['nothing in a body that cannot be read', requestOf('{'), []],
    ['nothing in a name that is too long', event({ domain: { name: 'x'.repeat(254) } }), []],
  ])('names its account by %s', (_case, request, expected) => {
    expect(keysOf(request)).toEqual(expected);
  });

  it('means the channels of that domain', () => {
    const credentials = { apiKey: 'x', domain: 'Mg.Acme.Example', region: 'US' } as const;
    expect(mailgun.webhook?.accountKeyOf?.(credentials)).toBe('mg.acme.example');
  });
});

describe('the classes of errors of Mailgun', () => {
  const { http, failed } = read('mailgun-error-classes.json') as Record<'http' | 'failed', Record<string, string>>;
  const words = (text: string) => text.split(/[ :]/)[0]?.split('/');

  it.each(Object.entries(http).filter(([status]) => status !== '200'))('HTTP %s: %s', (status, text) => {
    expect(words(text)).toContain(STATUS_CLASSES[Number(status)]);
  });

  const REASONS = Object.entries(failed)
    .filter(([name]) => !name.includes('temporary'))
    .flatMap(([name, text]) =>
      name
        .replace(/.*reason=/, '')
        .split('|')
        .map((reason) => [reason, text] as const),
    );

  it.each(REASONS)('failed, %s: %s', (reason, text) => {
    expect(words(text)).toContain(REASON_CLASSES[reason]);
  });

  it('hold no reason that is not in the list', () => {
    expect(Object.keys(REASON_CLASSES).sort()).toEqual(REASONS.map(([reason]) => reason).sort());
  });

  it.each<[text: string, faultClass: FaultClass]>([
    ['to parameter is not a valid address. please check documentation.', 'invalid_recipient'],
    ["'to' parameter is not a valid address. please check documentation", 'invalid_recipient'],
    ["Only one parameters 'html' or 'template' is allowed.", 'content'],
    ["Need at least one of 'text', 'html', 'amp-html' or 'template' parameters specified.", 'content'],
    ['Send options (parameters starting with o:, h:, or v:) are limited to 16KB total', 'content'],
    ['from parameter is missing.', 'config'],
    ["'from' parameter is not a valid address. please check documentation", 'config'],
    ['Something that nobody has heard of', 'config'],
  ])('400 «%s» is %s', (message, faultClass) => {
    const fault = faultOfAnswer(400, Buffer.from(JSON.stringify({ message })), { credentials: {} });
    expect(fault).toEqual({ class: faultClass, code: 'http_400', message });
  });

  it('read the text of a 400 only', () => {
    const body = Buffer.from('{"message":"to parameter is not a valid address"}');
    expect(faultOfAnswer(401, body, { credentials: {} }).class).toBe('auth');
  });

  it.each<[string, Record<string, string>, number | undefined]>([
    ['Domain x is not allowed to send: limit exceeded, try again after 120 seconds', {}, 120_000],
    ['try again after 1 second', { 'retry-after': '9' }, 1_000],
    ['slow down', { 'retry-after': '9' }, 9_000],
    ['slow down', {}, undefined],
  ])('429 «%s» with %j waits %s ms', (message, headers, waitMs) => {
    expect(waitOf(headers, Buffer.from(JSON.stringify({ message })), new Date(0))).toBe(waitMs);
  });
});
