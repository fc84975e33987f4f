import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpRequest, HttpResult } from '../../src/providers/http';
import type { WebhookRequest } from '../../src/providers/provider';
import type { LedgerEntry } from './described-server';
import type { Kit, Signer, Unsigned } from './kit';

/** A topic of SNS, written from its documentation: what it posts and how that is signed. */

export const REGION = 'us-east-2';
export const TOPIC_ARN = `arn:aws:sns:${REGION}:000000000000:carillon-events`;
export const CERTIFICATE_PATH = `/SimpleNotificationService-${'0'.repeat(32)}.pem`;
export const CERTIFICATE_URL = `https://sns.${REGION}.amazonaws.com${CERTIFICATE_PATH}`;

type Envelope = Record<string, string>;
type TestKey = Record<'privateKey' | 'certificate' | 'expiredCertificate' | 'certificateOfAnotherName', string>;

export const TEST_KEY: TestKey = JSON.parse(
  readFileSync(join(__dirname, 'vectors/sns-test-key.json'), 'utf8'),
) as TestKey;

const strangersKey = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const KEYS: Readonly<Record<Signer, KeyObject>> = {
  provider: createPrivateKey(TEST_KEY.privateKey),
  stranger: strangersKey(),
  nobody: strangersKey(),
};

const MEMBERS = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  others: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};

/** The envelope with the signature of SNS, or of somebody else. */
export function signEnvelope(envelope: Envelope, as: Signer = 'provider'): Envelope {
  const members = envelope['Type'] === 'Notification' ? MEMBERS.Notification : MEMBERS.others;
  const text = members.filter((name) => name in envelope).map((name) => `${name}\n${envelope[name]}\n`);
  const hash = envelope['SignatureVersion'] === '1' ? 'sha1' : 'sha256';
  return { ...envelope, Signature: sign(hash, Buffer.from(text.join('')), KEYS[as]).toString('base64') };
}

export function bodyOf(envelope: Envelope): Buffer {
  return Buffer.from(JSON.stringify(envelope, null, 2));
}

export function envelopeOf(rawBody: Buffer): Envelope {
  return JSON.parse(rawBody.toString() || '{}') as Envelope;
}

/** Serves the certificate of the test key; the address of every other is wrong. */
export function outside({ url }: HttpRequest): HttpResult {
  const isKnown = new URL(url).pathname === CERTIFICATE_PATH;
  const body = Buffer.from(isKnown ? TEST_KEY.certificate : '');
  return { kind: 'RESPONSE', status: isKnown ? 200 : 404, headers: {}, body };
}

type Asked = Pick<LedgerEntry, 'method' | 'path' | 'query'>;

/** What SNS answers to those who listen to a topic, at a server that plays AWS; undefined for all other requests. */
export function answerToSubscriber({ method, path, query }: Asked): { status: number; body: string } | undefined {
  if (method !== 'GET') return undefined;
  if (path === CERTIFICATE_PATH) return { status: 200, body: TEST_KEY.certificate };
  return path === '/' && query['Action'] === 'ConfirmSubscription'
    ? { status: 200, body: '<ConfirmSubscriptionResponse/>' }
    : undefined;
}

/** The part of a kit that is the same for all that listen to a topic. */
export const topicKit: Pick<Kit, 'sign' | 'covered' | 'spoilt' | 'outside' | 'window'> = {
  sign: ({ rawBody, receivedAt }: Unsigned, as, timestamp = receivedAt) => {
    const envelope = { ...envelopeOf(rawBody), Timestamp: timestamp.toISOString(), SigningCertURL: CERTIFICATE_URL };
    return { rawBody: bodyOf(signEnvelope(envelope, as)) };
  },
  /** SNS does not sign the address that ends the subscription, and nobody reads it. */
  covered: (rawBody) => {
    const line = /\n *"UnsubscribeURL": .*/.exec(rawBody.toString('latin1'));
    if (!line) return [[0, rawBody.length]];
    return [
      [0, line.index],
      [line.index + line[0].length, rawBody.length],
    ];
  },
  spoilt: (signed: WebhookRequest) => {
    const good = envelopeOf(signed.rawBody);
    const changed = (changes: Envelope) => ({ ...good, ...changes });
    const { Signature: _signature, ...unsigned } = good;
    return [
      unsigned,
      changed({ Signature: '' }),
      changed({ Signature: good['Signature']?.slice(4) ?? '' }),
      changed({ Signature: `${good['Signature']} ` }),
      changed({ SignatureVersion: good['SignatureVersion'] === '1' ? '2' : '1' }),
      changed({ SignatureVersion: '3' }),
      changed({ SigningCertURL: '' }),
      // Truly signed, but of a topic that is not the channel's.
      signEnvelope(changed({ TopicArn: TOPIC_ARN.replace('carillon', 'somebody') })),
    ].map((envelope) => ({ ...signed, rawBody: bodyOf(envelope) }));
  },
  outside,
  window: { pastMs: 2 * 3_600_000, futureMs: 5 * 60_000 },
};
