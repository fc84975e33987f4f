import type { Account, ChannelType } from '../../src/providers/provider';
import { sendgridKeys, signSandbox, signSendgrid, signTwilio } from '../support/sign';

/** A request without its signature. */
export interface Unsigned {
  url: string;
  headers: Record<string, string>;
  rawBody: Buffer;
  receivedAt: Date;
}

/** Whose secret signs; providers that sign with a key pair have no empty one. */
export type Signer = 'provider' | 'stranger' | 'nobody';

/** What the contract test must know about a provider and cannot ask it. */
export interface Kit {
  credentials: Record<string, string>;
  /** Secrets that nobody may see again, credentials or settings. */
  secrets: string[];
  /** Credentials that must be refused, by the pointer of the field. */
  badCredentials: Record<string, Record<string, unknown>>;
  settings: Record<string, unknown>;
  from: Partial<Record<ChannelType, string>>;
  /** Headers of the signature, made with the account's secret, somebody else's, or the empty one. */
  sign(request: Unsigned, as: Signer, timestamp?: Date): Record<string, string>;
  /** The account without what verify needs. */
  withoutSecret: { credentials?: Record<string, string>; settings?: Record<string, unknown> };
  /** Ages beyond which a signed timestamp is refused; undefined where the provider signs none. */
  window?: { pastMs: number; futureMs: number };
}

const sendgrid = { provider: sendgridKeys(), stranger: sendgridKeys(), nobody: sendgridKeys() };
const twilioToken = { provider: 'abcdef'.repeat(6).slice(4), stranger: 'f'.repeat(32), nobody: '' };
const sandboxSecret = { provider: 'sandbox-secret-of-one-channel', stranger: 'sandbox-secret-of-another', nobody: '' };
const apiKey = 'SG.abcdefghijklmnop.qrstuvwxyzabcdefghij';
const accountSid = `AC${'0'.repeat(31)}1`;

export const KITS: Readonly<Record<string, Kit>> = {
  sendgrid: {
    credentials: { apiKey, webhookPublicKey: sendgrid.provider.publicKey },
    secrets: [apiKey],
    badCredentials: {
      '/credentials/apiKey': { apiKey: 'no key' },
      '/credentials/webhookPublicKey': { apiKey: 'SG.abcdefghijklmnop.x', webhookPublicKey: 'short' },
      '/credentials/apikey': { apiKey: 'SG.abcdefghijklmnop.x', apikey: 'SG.abcdefghijklmnop.x' },
    },
    settings: { fromName: 'Acme' },
    from: { EMAIL: 'news@acme.example' },
    sign: ({ rawBody, receivedAt }, as, timestamp = receivedAt) =>
      signSendgrid(sendgrid[as].privateKey, Math.floor(timestamp.getTime() / 1000), rawBody),
    withoutSecret: { credentials: { apiKey } },
    window: { pastMs: 25 * 3_600_000, futureMs: 5 * 60_000 },
  },
  twilio: {
    credentials: { accountSid, authToken: twilioToken.provider },
    secrets: [twilioToken.provider],
    badCredentials: {
      '/credentials/accountSid': { accountSid: 'AC1', authToken: twilioToken.provider },
      '/credentials/authToken': { accountSid },
      '/credentials/apiKeySid': { accountSid, authToken: twilioToken.provider, apiKeySid: 7 },
      '/credentials/a~1b': { accountSid, authToken: twilioToken.provider, 'a/b': 'x' },
    },
    settings: {},
    from: { SMS: '+15005550006', WHATSAPP: '+15005550006' },
    sign: ({ url, rawBody }, as) => {
      const params: Record<string, string[]> = Object.create(null);
      for (const [name, value] of new URLSearchParams(rawBody.toString())) (params[name] ??= []).push(value);
      return { 'x-twilio-signature': signTwilio(twilioToken[as], url, params) };
    },
    withoutSecret: { credentials: { accountSid, authToken: '' } },
  },
  sandbox: {
    credentials: {},
    secrets: [sandboxSecret.provider],
    badCredentials: { '/credentials/apiKey': { apiKey: 'x' } },
    settings: { webhookSecret: sandboxSecret.provider },
    from: { EMAIL: 'hello@acme.example', SMS: '+15005550006', WHATSAPP: '+15005550006', TELEGRAM: 'acme_bot' },
    sign: ({ rawBody }, as) => ({ 'x-sandbox-signature': signSandbox(sandboxSecret[as], rawBody) }),
    withoutSecret: { settings: { webhookSecret: '' } },
  },
};

/** The kit of a registered provider; a provider without one fails the contract test. */
export function kitOf(type: string): Kit {
  const kit = KITS[type];
  if (!kit) throw new Error(`test/providers/kits.ts knows nothing of ${type}.`);
  return kit;
}

/** A channel of this provider. */
export function accountOf(type: string, channelType: ChannelType, baseUrl = 'http://provider.invalid'): Account {
  const { credentials, settings, from } = kitOf(type);
  return {
    tenantId: '0197a000-0000-7000-8000-0000000000a1',
    channelId: '0197a000-0000-7000-8000-0000000000c1',
    channelType,
    from: from[channelType] ?? '',
    credentials,
    settings,
    webhookUrl: `https://hooks.acme.example/api/v1/communication/webhooks/${type}/k1`,
    baseUrl,
  };
}
