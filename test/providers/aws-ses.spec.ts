import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpClient } from '../../src/platform/egress/http-client';
import { BOUNCE_CLASSES, CODE_CLASSES } from '../../src/providers/aws-ses/errors';
import { mailbox } from '../../src/providers/aws-ses/mailbox';
import type { HttpResult } from '../../src/providers/http';
import { decodeWords } from '../../src/providers/mime';
import type { Account, Content, MessageType, OutboundMessage, ProviderIo } from '../../src/providers/provider';
import { findProvider, refusalsOf } from '../../src/providers/registry';
import { accountOf } from './accounts';
import { answerOf, reset, silence, startRawServer } from './raw-server';
import { recorder } from './recorder';
import { sesFaults } from './ses-requests';
import { signatureFaults } from './sigv4';

const NOW = new Date('2026-11-21T10:00:00Z');
const provider = findProvider('aws-ses')!;
const message: OutboundMessage = {
  messageId: '0197a000-0000-7000-8000-000000000001',
  ref: '0197a000-0000-7000-8000-000000000001.12',
  channelType: 'EMAIL',
  messageType: 'TEXT',
  to: 'ada@example.com',
  content: { subject: 'Hello', text: 'Hello Ada' },
  purpose: 'TRANSACTIONAL',
};
const read = (file: string) => JSON.parse(readFileSync(join(__dirname, 'vectors', file), 'utf8'));
const refusal = (type: string, text: string) => JSON.stringify({ __type: type, message: text });

function answering(status: number, body: string, headers: Record<string, string> = {}) {
  return recorder(NOW, (): HttpResult => ({ kind: 'RESPONSE', status, headers, body: Buffer.from(body) }));
}

const send = (io: ProviderIo, account: Account = accountOf('aws-ses', 'EMAIL')) => provider.send(message, account, io);

describe('its errors', () => {
  const { ses_v2: table } = read('error-classes.json').providers;
  const firstWord = (value: string) => value.split(' ')[0];

  it('are classed as in the list, no more and no fewer', () => {
    const codes = Object.entries(table.codes as Record<string, [string]>);
    expect(CODE_CLASSES).toEqual(Object.fromEntries(codes.map(([code, [faultClass]]) => [code, faultClass])));
    const bounces = Object.entries(table.bounceType as Record<string, string>);
    expect(BOUNCE_CLASSES).toEqual(Object.fromEntries(bounces.map(([type, value]) => [type, firstWord(value)])));
  });

  it.each([
    [429, 'TooManyRequestsException', 'Maximum sending rate exceeded.', 'throttled', 'THROTTLED'],
    [400, 'ThrottlingException', 'Maximum sending rate exceeded.', 'throttled', 'THROTTLED'],
    [454, 'ThrottlingException', 'Daily message quota exceeded.', 'quota', 'REJECTED_RETRY'],
    [429, 'TooManyRequestsException', 'Daily sending quota exceeded.', 'quota', 'REJECTED_RETRY'],
    [400, 'LimitExceededException', 'too many', 'quota', 'REJECTED_RETRY'],
    [400, 'AccountSuspendedException', 'suspended', 'auth', 'REJECTED_RETRY'],
    [400, 'SendingPausedException', 'paused', 'auth', 'REJECTED_RETRY'],
    [400, 'MailFromDomainNotVerifiedException', 'not verified', 'config', 'REJECTED_PERMANENT'],
    [400, 'MessageRejected', 'The message was rejected because of its content.', 'content', 'REJECTED_PERMANENT'],
    [400, 'MessageRejected', 'Email address is not verified.', 'config', 'REJECTED_PERMANENT'],
    [400, 'BadRequestException', 'Missing required header', 'config', 'REJECTED_PERMANENT'],
    [404, 'NotFoundException', 'Configuration set <x> does not exist.', 'config', 'REJECTED_PERMANENT'],
    [404, 'NotFoundException', 'Template x does not exist.', 'template', 'REJECTED_PERMANENT'],
    [500, 'InternalServiceErrorException', 'oops', 'ambiguous', 'IN_DOUBT'],
    [403, 'UnrecognizedClientException', 'The security token is invalid.', 'auth', 'REJECTED_RETRY'],
    [403, 'InvalidSignatureException', 'does not match', 'auth', 'REJECTED_RETRY'],
    [400, 'ExpiredTokenException', 'expired', 'auth', 'REJECTED_RETRY'],
    [403, 'AccessDeniedException', 'not authorized to perform ses:SendEmail', 'auth', 'REJECTED_RETRY'],
    [503, 'ServiceUnavailable', 'later', 'transient', 'REJECTED_RETRY'],
  ])('%i %s "%s" is %s', async (status, code, text, faultClass, outcome) => {
    const fault = { class: faultClass, code, message: text };
    expect(await send(answering(status, refusal(code, text)).io)).toMatchObject({ outcome, fault });
    // The same with the code in the header, as the API answers today.
    const { io } = answering(status, JSON.stringify({ message: text }), { 'x-amzn-errortype': `${code}:http://x/` });
    expect(await send(io)).toMatchObject({ outcome, fault });
  });
});

describe('a SendEmail', () => {
  const client = createHttpClient();
  const io: ProviderIo = { now: () => new Date(), http: (request) => client.http({ ...request, timeoutMs: 700 }) };
  afterAll(() => client.close());

  it.each([
    ['the server hangs', silence, 'IN_DOUBT'],
    ['the connection is reset after the request', reset, 'IN_DOUBT'],
    ['the server answers 500', answerOf(500, refusal('InternalServiceErrorException', 'oops')), 'IN_DOUBT'],
    ['the server throttles', answerOf(429, refusal('TooManyRequestsException', 'slow down')), 'THROTTLED'],
  ])('is sent once when %s', async (_case, answer, outcome) => {
    const server = await startRawServer(answer);
    const result = await send(io, accountOf('aws-ses', 'EMAIL', server.url));
    // Time for a repetition that nobody waits for.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { requests } = server;
    await server.close();
    expect(result.outcome).toBe(outcome);
    expect(requests).toHaveLength(1);
  });

  it('is signed with Signature Version 4 over its bytes', async () => {
    const { io: world, recorded } = answering(200, '');
    const account = accountOf('aws-ses', 'EMAIL', 'http://proxy.acme.example/ses');
    await send(world, account);
    const { url, method, headers = {}, body = '' } = recorded.http[0]!;
    const { accessKeyId = '', secretAccessKey = '', region = '' } = account.credentials;
    const signer = { accessKeyId, secretAccessKey, region, service: 'ses' };
    const request = { method, path: new URL(url).pathname, headers, body };
    expect(url).toBe('http://proxy.acme.example/ses/v2/email/outbound-emails');
    expect(signatureFaults(request, signer)).toEqual([]);
    expect(signatureFaults({ ...request, body: body.toString().replace('Ada', 'Eve') }, signer)).toHaveLength(1);
  });

  it('carries the reference as a tag of allowed characters', async () => {
    const { io: world, recorded } = answering(200, '');
    await send(world);
    const { EmailTags: tags } = JSON.parse(String(recorded.http[0]!.body));
    expect(tags).toEqual([{ Name: 'carillon_ref', Value: '0197a000-0000-7000-8000-000000000001_12' }]);
    expect(tags[0].Value).toMatch(/^[A-Za-z0-9_-]{1,256}$/);
  });
});

describe('the name of the sender', () => {
  it.each([
    ['Acme', '"Acme" <a@b.example>'],
    ['Lee, Ann', '"Lee, Ann" <a@b.example>'],
    ['A "quoted" \\ name', '"A \\"quoted\\" \\\\ name" <a@b.example>'],
  ])('%s stands as %s', (name, expected) => {
    expect(mailbox('a@b.example', name)).toBe(expected);
  });

  it.each(['Ädler', 'ж'.repeat(60), `${'x'.repeat(44)}😀${'é'.repeat(50)}`, 'Grüße\r\nBcc: eve@example.com'])(
    'in other letters is encoded in words of 75 characters at most: %s',
    (name) => {
      const value = mailbox('a@b.example', name).replace(/ <a@b\.example>$/, '');
      for (const word of value.split(' ')) {
        expect(word).toMatch(/^=\?UTF-8\?B\?[A-Za-z0-9+/]+=*\?=$/);
        expect(word.length).toBeLessThanOrEqual(75);
      }
      expect(decodeWords(value)).toBe(name.replace(/[\r\n]/g, ' '));
      expect(decodeWords(value)).not.toContain('\uFFFD');
    },
  );
});

describe('refuses', () => {
  const media = { url: 'https://files.acme.example/a.jpg' };
  const template = { name: 'Order_ready', language: 'en', variables: {} };

  function pointers(messageType: MessageType, content: Content, to = 'ada@example.com') {
    return refusalsOf(provider, { channelType: 'EMAIL', messageType, to, content }).map(({ pointer }) => pointer);
  }

  it.each<[MessageType, Content, string]>([
    ['TEXT', { subject: 's' }, '/content/text'],
    ['HTML', { subject: 's', text: 'x' }, '/content/html'],
    ['TEXT', { text: 'x' }, '/content/subject'],
    ['TEMPLATE', { subject: 's' }, '/content/template'],
    ['TEMPLATE', { template: { ...template, name: 'Order ready' } }, '/content/template/name'],
    ['TEMPLATE', { template: { ...template, name: 'x'.repeat(65) } }, '/content/template/name'],
    ['TEXT', { subject: 's', text: 'x', template }, '/content/template'],
    ['TEXT', { subject: 's', text: 'x', media }, '/content/media'],
    ['TEXT', { subject: 's', text: 'x', buttons: [{ title: 'Yes' }] }, '/content/buttons'],
    ['LOCATION', { subject: 's', location: { latitude: 1, longitude: 2 } }, '/messageType'],
    ['IMAGE', { subject: 's', media: { url: 'javascript:alert(1)' } }, '/content/media/url'],
    // SES would put its own in their place.
    ['TEXT', { subject: 's', text: 'x', headers: { 'Message-ID': '<x@y>' } }, '/content/headers/Message-ID'],
    ['TEXT', { subject: 's', text: 'x', headers: { DATE: 'now' } }, '/content/headers/DATE'],
    ['TEXT', { subject: 's', text: 'x', headers: { 'x-carillon-ref': '1' } }, '/content/headers/x-carillon-ref'],
    ['TEXT', { subject: 's', text: 'x', headers: { 'X-A': 'Grüße' } }, '/content/headers/X-A'],
    ['TEXT', { subject: 's', text: 'x', headers: { 'X-A': 'a\r\nBcc: b' } }, '/content/headers/X-A'],
    ['TEXT', { subject: 's', text: 'x', headers: { 'X-A': 'x'.repeat(994) } }, '/content/headers/X-A'],
    ['TEXT', { subject: 's', text: 'x', headers: { 'X A/B': 'a' } }, '/content/headers/X A~1B'],
  ])('a %s of %j, naming %s', (messageType, content, pointer) => {
    expect(pointers(messageType, content)).toEqual([pointer]);
  });

  it('an address whose local part is not ASCII, but not a domain', () => {
    expect(pointers('TEXT', { subject: 's', text: 'x' }, 'ädä@example.com')).toEqual(['/to']);
    expect(pointers('TEXT', { subject: 's', text: 'x' }, 'ada@bücher.example')).toEqual([]);
  });

  it('a sender that would have to be quoted or written in other letters', () => {
    const pattern = new RegExp(`^(?:${provider.channels.EMAIL?.fromPattern})$`);
    expect(["o'brien+news@mail.acme.example", 'a@b.co'].every((from) => pattern.test(from))).toBe(true);
    const bad = ['a,b@acme.example', '"a"@acme.example', 'a@b', 'ä@acme.example', 'a@bücher.example', 'a b@c.example'];
    expect(bad.filter((from) => pattern.test(from))).toEqual([]);
  });

  it('attachments that are too large together', () => {
    const half = { filename: 'a', contentType: 'text/plain', content: Buffer.alloc(14_000_001) };
    expect(pointers('TEXT', { subject: 's', text: 'x', attachments: [half] })).toEqual([]);
    expect(pointers('TEXT', { subject: 's', text: 'x', attachments: [half, half] })).toEqual(['/attachments']);
  });
});

describe('the check of credentials', () => {
  const check = (status: number, body: unknown, account = accountOf('aws-ses', 'EMAIL')) =>
    provider.check?.(account, answering(status, typeof body === 'string' ? body : JSON.stringify(body)).io);

  it.each([
    [403, refusal('UnrecognizedClientException', 'The security token is invalid.'), 'auth'],
    [403, refusal('AccessDeniedException', 'not authorized to perform ses:GetAccount'), 'auth'],
    [200, { SendingEnabled: false }, 'auth'],
    [200, { SendingEnabled: true, EnforcementStatus: 'SHUTDOWN' }, 'auth'],
    [200, '<html>Welcome</html>', 'ambiguous'],
    [200, {}, 'ambiguous'],
    [503, '', 'transient'],
  ])('tells what AWS says to them: %i %j', async (status, body, faultClass) => {
    expect(await check(status, body)).toMatchObject({ ok: false, fault: { class: faultClass } });
  });

  it('lets pass an account that may send, with a topic of its region', async () => {
    const account = accountOf('aws-ses', 'EMAIL');
    expect(await check(200, { SendingEnabled: true, EnforcementStatus: 'PROBATION' }, account)).toEqual({ ok: true });
    account.credentials = { ...account.credentials, region: 'eu-west-1' };
    expect(await check(200, { SendingEnabled: true }, account)).toMatchObject({
      ok: false,
      fault: { class: 'config', code: 'topic_in_other_region' },
    });
  });
});

it('has a description that would notice a wrong request', () => {
  const path = '/v2/email/outbound-emails';
  expect(
    sesFaults({ method: 'POST', path, body: { Content: { Simple: {} }, EmailTags: [{ Name: 'a', Value: 'b.c' }] } }),
  ).toEqual([
    "/Content/Simple must have required property 'Subject'",
    "/Content/Simple must have required property 'Body'",
    '/EmailTags/0/Value must match pattern "^[A-Za-z0-9_-]{1,256}$"',
  ]);
  expect(sesFaults({ method: 'POST', path: '/v2/email', body: {} })).toHaveLength(1);
});
