import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttpClient } from '../../src/platform/egress/http-client';
import type { AwsCredentials } from '../../src/providers/aws-account';
import { AwsCall } from '../../src/providers/aws-call';
import { CODE_CLASSES, PROVIDER_RESPONSES } from '../../src/providers/aws-sns/errors';
import type { HttpRequest, HttpResult } from '../../src/providers/http';
import type { Account, OutboundMessage, ProviderIo } from '../../src/providers/provider';
import { findProvider, refusalsOf } from '../../src/providers/registry';
import { accountOf } from './accounts';
import { answerOf, reset, silence, startRawServer } from './raw-server';
import { recorder } from './recorder';
import { signatureFaults } from './sigv4';

const NOW = new Date('2026-11-21T10:00:00Z');
const provider = findProvider('aws-sns')!;
const message: OutboundMessage = {
  messageId: '0197a000-0000-7000-8000-000000000001',
  ref: '0197a000-0000-7000-8000-000000000001.1',
  channelType: 'SMS',
  messageType: 'TEXT',
  to: '+14155552671',
  content: { text: 'Hello Ada, 50 % & more' },
  purpose: 'TRANSACTIONAL',
};
const { sns_sms: table } = JSON.parse(readFileSync(join(__dirname, 'vectors/error-classes.json'), 'utf8')).providers;

const refusal = (code: string, text: string) =>
  `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>1</RequestId></ErrorResponse>`;

function answering(status: number, body: string, headers: Record<string, string> = {}) {
  return recorder(NOW, (): HttpResult => ({ kind: 'RESPONSE', status, headers, body: Buffer.from(body) }));
}

const send = (io: ProviderIo, account: Account = accountOf('aws-sns', 'SMS')) => provider.send(message, account, io);

describe('its errors', () => {
  it('are classed as in the list, no more and no fewer', () => {
    const classes = Object.entries(table.codes as Record<string, [string]>).map(([code, [faultClass]]) => [
      code,
      faultClass,
    ]);
    expect(CODE_CLASSES).toEqual(Object.fromEntries(classes));
    expect(PROVIDER_RESPONSES).toEqual(table.providerResponse);
  });

  it.each([
    [400, 'InvalidParameter', 'Invalid parameter: PhoneNumber Reason: +1 is not valid', 'invalid_recipient'],
    [400, 'InvalidParameter', 'Invalid parameter: Message too long', 'content'],
    [400, 'InvalidParameter', 'Invalid parameter: Empty message', 'content'],
    [400, 'InvalidParameter', 'Invalid parameter: MessageAttributes', 'config'],
    [400, 'InvalidParameter', 'Invalid parameter: TopicArn or TargetArn', 'config'],
    [400, 'ParameterValueInvalid', 'The value of SMSType is invalid', 'config'],
    [400, 'ValidationError', 'no value', 'config'],
    [400, 'IncompleteSignature', 'no signature', 'auth'],
    [403, 'AuthorizationError', 'may not SNS:Publish', 'auth'],
    [403, 'InvalidClientTokenId', 'The security token is invalid', 'auth'],
    [403, 'SignatureDoesNotMatch', 'does not match', 'auth'],
    [403, 'ExpiredToken', 'expired', 'auth'],
    [500, 'InternalError', 'oops', 'ambiguous'],
    [503, 'ServiceUnavailable', 'later', 'transient'],
    [400, 'Throttling', 'Rate exceeded', 'throttled'],
    [429, 'Throttled', 'slow down', 'throttled'],
    [400, 'KMSThrottling', 'slow down', 'throttled'],
    [400, 'OptedOut', 'opted out', 'opted_out'],
    [400, 'UserError', 'no', 'config'],
  ])('%i %s "%s" is %s', async (status, code, text, faultClass) => {
    const result = await send(answering(status, refusal(code, text)).io);
    expect(result).toMatchObject({ fault: { class: faultClass, message: text } });
    expect('fault' in result && result.fault.code.startsWith(code.slice(0, 7))).toBe(
      code !== 'ParameterValueInvalid', // The SDK calls it InvalidParameterValueException.
    );
  });

  it('are named by the status where the body says nothing', async () => {
    expect(await send(answering(502, '<html>Bad gateway</html>').io)).toMatchObject({
      outcome: 'IN_DOUBT',
      fault: { class: 'ambiguous', code: 'http_502', message: 'AWS answered 502.' },
    });
  });

  it('keep the waiting time that comes with HTTP 400', async () => {
    const { io } = answering(400, refusal('Throttling', 'Rate exceeded'), { 'retry-after': '3' });
    expect(await send(io)).toMatchObject({ outcome: 'THROTTLED', retryAfterMs: 3_000 });
  });
});

it('tells the parts that it counted itself, for SNS tells none', async () => {
  const { io } = answering(
    200,
    '<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>',
  );
  const long = { ...message, content: { text: 'x'.repeat(161) } };
  expect(await provider.send(long, accountOf('aws-sns', 'SMS'), io)).toEqual({
    outcome: 'ACCEPTED',
    providerMessageId: 'm-1',
    parts: 2,
  });
});

describe('a Publish', () => {
  const client = createHttpClient();
  const io: ProviderIo = { now: () => new Date(), http: (request) => client.http({ ...request, timeoutMs: 700 }) };
  afterAll(() => client.close());

  it.each([
    ['the server hangs', silence, 'IN_DOUBT'],
    ['the connection is reset after the request', reset, 'IN_DOUBT'],
    ['the server answers 500', answerOf(500, refusal('InternalError', 'oops')), 'IN_DOUBT'],
    ['the server answers 503', answerOf(503, refusal('ServiceUnavailable', 'oops')), 'REJECTED_RETRY'],
    ['the server throttles', answerOf(400, refusal('Throttling', 'Rate exceeded')), 'THROTTLED'],
    [
      'the clocks differ',
      answerOf(403, refusal('RequestTimeTooSkewed', 'no'), { Date: new Date(0).toUTCString() }),
      'REJECTED_RETRY',
    ],
  ])('is sent once when %s', async (_case, answer, outcome) => {
    const server = await startRawServer(answer);
    const result = await send(io, accountOf('aws-sns', 'SMS', server.url));
    // Time for a repetition that nobody waits for.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const { requests } = server;
    await server.close();
    expect(result.outcome).toBe(outcome);
    expect(requests.filter((request) => request.includes('Action=Publish'))).toHaveLength(1);
    expect(requests).toHaveLength(1);
  });

  it('is the only request that a call lets the SDK make, and none is one that it was not able to build', async () => {
    const { io: outside, recorded } = answering(500, '');
    const call = new AwsCall(accountOf('aws-sns', 'SMS') as Account<AwsCredentials>, outside);
    const request = {
      method: 'POST',
      protocol: 'http:',
      hostname: 'provider.invalid',
      path: '/',
      headers: {},
      body: 'a',
    };
    await Promise.allSettled([call.handle(request), call.handle(request)]);
    await expect(call.handle(request)).rejects.toThrow('second request');
    expect(recorded.http).toHaveLength(1);

    expect(await send(outside, accountOf('aws-sns', 'SMS', 'no address'))).toMatchObject({
      outcome: 'REJECTED_PERMANENT',
      fault: { class: 'config', code: 'refused_by_sdk' },
    });
    expect(recorded.http).toHaveLength(1);
  });

  const signer = (account: Account) => ({
    accessKeyId: account.credentials['accessKeyId'] ?? '',
    secretAccessKey: account.credentials['secretAccessKey'] ?? '',
    region: account.credentials['region'] ?? '',
    service: 'sns',
  });

  async function requestOf(account: Account): Promise<HttpRequest> {
    const { io: outside, recorded } = answering(200, '');
    await send(outside, account);
    return recorded.http[0]!;
  }

  it.each(['http://provider.invalid', 'http://proxy.acme.example:8080/aws/sns'])(
    'to %s is signed with Signature Version 4 at our time',
    async (baseUrl) => {
      const account = accountOf('aws-sns', 'SMS', baseUrl);
      const { url, method, headers = {}, body = '' } = await requestOf(account);
      const request = { method, path: new URL(url).pathname, headers, body };

      expect(url).toBe(`${baseUrl}/`);
      expect(headers).toMatchObject({ host: new URL(url).host, 'x-amz-date': '20261121T100000Z' });
      expect(signatureFaults(request, signer(account))).toEqual([]);
      expect(signatureFaults({ ...request, body: `${body.toString()}&x=1` }, signer(account))).toHaveLength(1);
      expect(signatureFaults(request, { ...signer(account), secretAccessKey: 'x' })).toHaveLength(1);
    },
  );

  it('with temporary credentials carries the session token, signed', async () => {
    const account = accountOf('aws-sns', 'SMS');
    account.credentials = { ...account.credentials, sessionToken: 'FwoGZXIvYXdzEBYaDEXAMPLETOKEN' };
    const { headers = {}, body = '' } = await requestOf(account);
    expect(headers['x-amz-security-token']).toBe('FwoGZXIvYXdzEBYaDEXAMPLETOKEN');
    expect(headers['authorization']).toMatch(/SignedHeaders=[^,]*x-amz-security-token/);
    expect(signatureFaults({ method: 'POST', path: '/', headers, body }, signer(account))).toEqual([]);
  });
});

describe('refuses', () => {
  it.each([
    ['1600 bytes', 'x'.repeat(1600), []],
    ['800 letters of two bytes', 'я'.repeat(800), []],
    ['1601 bytes', 'x'.repeat(1601), ['/content/text']],
    ['801 letters of two bytes', 'я'.repeat(801), ['/content/text']],
    ['an emoji too many', `${'x'.repeat(1597)}😀`, ['/content/text']],
  ])('a text by its bytes: %s', (_case, text, pointers) => {
    const refusals = refusalsOf(provider, { ...message, content: { text } });
    expect(refusals.map(({ pointer }) => pointer)).toEqual(pointers);
  });

  it.each([
    ['HTML', { html: '<b>x</b>' }, '/messageType'],
    ['IMAGE', { media: { url: 'https://files.acme.example/a.jpg' } }, '/messageType'],
    ['TEXT', { text: 'x', media: { url: 'https://files.acme.example/a.jpg' } }, '/content/media'],
    ['TEXT', { text: 'x', buttons: [{ title: 'Yes' }] }, '/content/buttons'],
    [
      'TEXT',
      { text: 'x', attachments: [{ filename: 'a', contentType: 'a/b', content: Buffer.from('a') }] },
      '/attachments',
    ],
    ['TEMPLATE', { template: { name: 'welcome', language: 'en', variables: {} } }, '/content/template'],
    ['TEXT', {}, '/content/text'],
  ] as const)('a %s of %j, naming %s', (messageType, content, pointer) => {
    const refusals = refusalsOf(provider, { channelType: 'SMS', messageType, to: 'x', content: content as never });
    expect(refusals.map((refusal) => refusal.pointer)).toEqual([pointer]);
  });
});

describe('the check of credentials', () => {
  const settings =
    '<GetSMSAttributesResponse><GetSMSAttributesResult><attributes/></GetSMSAttributesResult></GetSMSAttributesResponse>';

  it.each([
    [403, refusal('InvalidClientTokenId', 'The security token included in the request is invalid.'), 'auth'],
    [403, refusal('SignatureDoesNotMatch', 'does not match'), 'auth'],
    [403, refusal('AuthorizationError', 'is not authorized to perform: SNS:GetSMSAttributes'), 'auth'],
    [503, '', 'transient'],
    [200, '<html>Welcome</html>', 'ambiguous'],
  ])('tells what AWS says to them: %i %s', async (status, body, faultClass) => {
    const result = await provider.check?.(accountOf('aws-sns', 'SMS'), answering(status, body).io);
    expect(result).toMatchObject({ ok: false, fault: { class: faultClass } });
  });

  it('tells that nobody answers', async () => {
    const { io } = recorder(NOW, () => ({ kind: 'NOT_SENT', code: 'ECONNREFUSED', message: 'refused' }));
    expect(await provider.check?.(accountOf('aws-sns', 'SMS'), io)).toEqual({
      ok: false,
      fault: { class: 'transient', code: 'ECONNREFUSED', message: 'refused' },
    });
  });

  it('tells that the topic is in another region, whose messages would not be believed', async () => {
    const account = accountOf('aws-sns', 'SMS');
    expect(await provider.check?.(account, answering(200, settings).io)).toEqual({ ok: true });
    account.credentials = { ...account.credentials, region: 'eu-west-1' };
    expect(await provider.check?.(account, answering(200, settings).io)).toMatchObject({
      ok: false,
      fault: { class: 'config', code: 'topic_in_other_region' },
    });
  });
});
