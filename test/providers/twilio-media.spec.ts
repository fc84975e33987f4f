import type { HttpRequest, HttpResult } from '../../src/providers/http';
import { twilio } from '../../src/providers/twilio';
import type { Account } from '../../src/providers/provider';
import type { TwilioCredentials } from '../../src/providers/twilio/credentials';
import { accountOf } from './accounts';
import { NOW } from './answers';
import { recorder } from './recorder';

const SID = `AC${'a'.repeat(32)}`;
const FILE = `/2010-04-01/Accounts/${SID}/Messages/MM${'b'.repeat(32)}/Media/ME${'c'.repeat(32)}`;
const ADDRESS = `https://api.twilio.com${FILE}`;
const CDN = 'https://mms.twiliocdn.com/AC/secret-path?signature=x';
const credentials = { accountSid: SID, authToken: 'd'.repeat(32) };

const response = (status: number, body = '', headers: Record<string, string> = {}): HttpResult => ({
  kind: 'RESPONSE',
  status,
  headers,
  body: Buffer.from(body),
});
const redirectTo = (location: string) => response(307, '', { location });
const JPEG = response(200, 'bytes', { 'content-type': 'image/jpeg' });

function fetchMedia(ref: string, answers: HttpResult[], changes: Partial<Account> = {}) {
  const asked: HttpRequest[] = [];
  const { io } = recorder(NOW, (request) => {
    asked.push(request);
    return answers[asked.length - 1] ?? response(500);
  });
  const account = { ...accountOf('twilio', 'SMS', 'https://api.twilio.com'), credentials, ...changes };
  return { result: twilio.fetchMedia?.(ref, account as Account<TwilioCredentials>, io), asked };
}

describe('a file that a person sent through Twilio', () => {
  it('is asked for with the credentials, which the server for files does not get', async () => {
    const { result, asked } = fetchMedia(ADDRESS, [redirectTo(CDN), JPEG]);
    expect(await result).toEqual({ ok: true, contentType: 'image/jpeg', content: Buffer.from('bytes') });
    const authorization = `Basic ${Buffer.from(`${SID}:${credentials.authToken}`).toString('base64')}`;
    expect(asked).toEqual([
      { method: 'GET', url: ADDRESS, headers: { authorization }, maxAnswerBytes: 33_554_432 },
      { method: 'GET', url: CDN, maxAnswerBytes: 33_554_432 },
    ]);
  });

  it('is asked for with the API key where there is one, at the address that the operator set', async () => {
    const withKey = { ...credentials, apiKeySid: 'SK1', apiKeySecret: 'secret' };
    const { result, asked } = fetchMedia(ADDRESS, [JPEG], { credentials: withKey, baseUrl: 'http://127.0.0.1:4010/' });
    expect(await result).toMatchObject({ ok: true });
    expect(asked).toMatchObject([
      {
        url: `http://127.0.0.1:4010${FILE}`,
        headers: { authorization: `Basic ${Buffer.from('SK1:secret').toString('base64')}` },
      },
    ]);
  });

  it.each([
    'https://api.twilio.com.evil.example/2010-04-01/x',
    `http://api.twilio.com${FILE}`,
    `https://api.twilio.com:8443${FILE}`,
    `https://user@api.twilio.com${FILE}`,
    `https://evil.example${FILE}`,
    'https://api.twilio.com/2010-04-01/Accounts.json',
    `https://api.twilio.com${FILE}/../../../Keys.json`,
    'https://169.254.169.254/latest',
    'file:///etc/passwd',
    'nonsense',
  ])('is not fetched from %s', async (ref) => {
    const { result, asked } = fetchMedia(ref, [JPEG]);
    expect(await result).toMatchObject({ ok: false, fault: { code: 'foreign_media_url' } });
    expect(asked).toEqual([]);
  });

  it.each([
    'https://127.0.0.1/x',
    'http://mms.twiliocdn.com/x',
    'https://mms.twiliocdn.com:444/x',
    'https://eviltwiliocdn.com/x',
    'https://twiliocdn.com.evil.example/x',
    'https://ada@mms.twiliocdn.com/x',
    '/x',
  ])('is not followed to %s', async (location) => {
    const { result, asked } = fetchMedia(ADDRESS, [redirectTo(location), JPEG]);
    expect(await result).toMatchObject({ ok: false, fault: { code: 'foreign_media_url' } });
    expect(asked).toHaveLength(1);
  });

  it('is not followed twice', async () => {
    const { result, asked } = fetchMedia(ADDRESS, [redirectTo(CDN), redirectTo(CDN), JPEG]);
    expect(await result).toMatchObject({ ok: false });
    expect(asked).toHaveLength(2);
  });

  it.each([
    [404, 'config'],
    [503, 'transient'],
  ])('that is refused with %s is told', async (status, faultClass) => {
    const { result } = fetchMedia(ADDRESS, [response(status)]);
    expect(await result).toMatchObject({ ok: false, fault: { class: faultClass, code: `http_${status}` } });
  });
});
