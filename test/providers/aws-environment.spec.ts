import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelType } from '../../src/providers/provider';
import { findProvider } from '../../src/providers/registry';
import { accountOf } from './accounts';
import { recorder } from './recorder';

/**
 * The SDKs of AWS look for credentials, regions, endpoints and retries in the environment and in files of the home
 * directory, and keep some of what they found for good. So this stands in a file of its own, with a hostile environment
 * from before the first call on.
 */
const NOW = new Date('2026-01-02T03:04:05Z');
const environment = { ...process.env };
const folder = mkdtempSync(join(tmpdir(), 'carillon-aws-'));
const file = join(folder, 'config');

const SETTINGS = [
  'aws_access_key_id = AKIAOTHEROTHEROTHER1',
  'aws_secret_access_key = other',
  'region = eu-west-1',
  'endpoint_url = http://127.0.0.1:1',
  'disable_clock_skew_correction = true',
  'max_attempts = 5',
  'use_fips_endpoint = true',
  'sdk_ua_app_id = other',
];

beforeAll(() => {
  writeFileSync(
    file,
    ['[default]', ...SETTINGS, '[profile other]', ...SETTINGS, '[other]', ...SETTINGS, ''].join('\n'),
  );
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIAOTHEROTHEROTHER1',
    AWS_SECRET_ACCESS_KEY: 'other',
    AWS_SESSION_TOKEN: 'other',
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_SNS: 'http://127.0.0.1:1',
    AWS_ENDPOINT_URL_SESV2: 'http://127.0.0.1:1',
    AWS_MAX_ATTEMPTS: '5',
    AWS_RETRY_MODE: 'adaptive',
    AWS_USE_FIPS_ENDPOINT: 'true',
    AWS_USE_DUALSTACK_ENDPOINT: 'true',
    AWS_AUTH_SCHEME_PREFERENCE: 'sigv4a',
    AWS_SDK_UA_APP_ID: 'other',
    AWS_PROFILE: 'other',
    AWS_CONFIG_FILE: file,
    AWS_SHARED_CREDENTIALS_FILE: file,
  });
});

afterAll(() => {
  process.env = environment;
  rmSync(folder, { recursive: true });
});

it.each<[string, ChannelType, string, string]>([
  ['aws-sns', 'SMS', '+14155552671', 'sns'],
  ['aws-ses', 'EMAIL', 'ada@example.com', 'ses'],
])('%s takes nothing from the environment and from files', async (type, channelType, to, service) => {
  const { io, recorded } = recorder(NOW, () => ({ kind: 'IN_DOUBT', code: 'ECONNRESET', message: 'reset' }));
  const account = accountOf(type, channelType, 'http://provider.invalid');
  const message = {
    messageId: '0197a000-0000-7000-8000-000000000001',
    ref: '0197a000-0000-7000-8000-000000000001.1',
    channelType,
    messageType: 'TEXT' as const,
    to,
    content: { subject: 'Hello', text: 'Hello' },
    purpose: 'TRANSACTIONAL' as const,
  };
  expect(await findProvider(type)?.send(message, account, io)).toMatchObject({ outcome: 'IN_DOUBT' });

  expect(recorded.http).toHaveLength(1);
  const [{ url, headers = {} }] = recorded.http as [(typeof recorded.http)[number]];
  const { accessKeyId, region } = account.credentials;
  expect(url.startsWith('http://provider.invalid/')).toBe(true);
  expect(headers['authorization']).toContain(`Credential=${accessKeyId}/20260102/${region}/${service}/aws4_request,`);
  expect(headers['x-amz-date']).toBe('20260102T030405Z');
  expect(headers['amz-sdk-request']).toBe('attempt=1; max=1');
  expect(headers).not.toHaveProperty('x-amz-security-token');
  expect(headers['user-agent']).toMatch(/^carillon\/1\b/);
  expect(JSON.stringify(headers)).not.toContain('other');
});
