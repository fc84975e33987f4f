import { X509Certificate, verify as verifySignature, type KeyObject } from 'node:crypto';
import { regionalHost, type AwsCredentials } from './aws-account';
import { readJsonObject, textOf, type JsonObject } from './json';
import type { Account, Fault, ProviderIo, WebhookReply, WebhookRequest } from './provider';

/**
 * What Amazon SNS posts to an HTTP(S) endpoint: a JSON object (as text/plain) whose `Message` is the text that was
 * published. The signature is a part of the object, so a topic with raw message delivery, which posts the bare text, sends
 * nothing that could be believed.
 */
export interface SnsEnvelope {
  type: string;
  /** The same when SNS delivers a message again. */
  messageId: string;
  message: string;
  /** When it was published; undefined when that cannot be read. */
  timestamp: Date | undefined;
}

/** Members that are signed, by type, in the order of the string to sign (Developer Guide, "Verifying the signatures"). */
const SIGNED_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Notification: ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type'],
  SubscriptionConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
  UnsubscribeConfirmation: ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'],
};

/** `SignatureVersion` and the hash that it stands for; a topic signs with SHA-1 until it is told otherwise. */
const HASHES: Readonly<Record<string, string>> = { 1: 'RSA-SHA1', 2: 'RSA-SHA256' };

/** The name in SNS's certificates; in some regions it names the region too. */
const CERTIFICATE_NAME = /^sns(-[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/;

/** SNS repeats a message for at most an hour (delivery policies, "total retry time"); a throttled subscription lags. */
const MAX_AGE_MS = 2 * 3_600_000;
const MAX_CLOCK_SKEW_MS = 5 * 60_000;

/** A certificate that cannot be fetched would cost the event: SNS does not repeat what was refused with a 4xx. */
const CERTIFICATE_TRIES = 2;
const MAX_CERTIFICATE_BYTES = 32 * 1024;

/** One region uses one certificate at a time and changes it about once a year. */
const MOST_CERTIFICATES = 50;
const certificates = new Map<string, X509Certificate>();

/** Who listens to a topic: a channel, or a source of events. */
interface Subscriber extends Pick<Account, 'baseUrl'> {
  credentials: Pick<AwsCredentials, 'region' | 'topicArn'>;
}

/** What is asked of the outside world. */
type SnsIo = Pick<ProviderIo, 'http' | 'now'>;

interface SnsWebhook {
  verify(request: Pick<WebhookRequest, 'rawBody'>, subscriber: Subscriber, io: SnsIo): Promise<boolean>;
  handshake(
    request: Pick<WebhookRequest, 'rawBody'>,
    subscriber: Subscriber,
    io: SnsIo,
  ): Promise<WebhookReply | undefined>;
}

/**
 * Verification and handshake of a channel that a topic tells its events. A valid signature only says that some topic sent
 * the message, so the topic must be the channel's own. It does not name the account for `/webhooks/<type>` without a
 * channel key: an ARN is no secret, and whoever else wrote it into his channel would get the events.
 *
 * What has to be fetched (the certificate, the address that confirms the subscription) must be at the SNS host of the
 * channel's region: SES publishes only to topics of its own region. Where the operator has set another base URL than the
 * provider's own, as tests and proxies do, it stands for that host too, and only path and query are kept.
 */
export function snsWebhook(usualBaseUrl: (account: Subscriber) => string): SnsWebhook {
  const placeOf = (address: string, account: Subscriber) => fetchAddress(address, account, usualBaseUrl(account));
  return {
    async verify(request, account, io): Promise<boolean> {
      const envelope = readJsonObject(request.rawBody);
      if (!envelope || !isOfTopic(envelope, account) || !isTimely(envelope, io.now())) return false;

      const signedText = textToSign(envelope);
      const hash = HASHES[textOf(envelope, 'SignatureVersion') ?? ''];
      const address = placeOf(textOf(envelope, 'SigningCertURL') ?? '', account);
      if (signedText === undefined || hash === undefined || address === undefined) return false;
      // Only files: what the API of SNS answers to a query can hold the words of whoever asked.
      if (!/^[^?]+\.pem$/.test(address)) return false;

      const key = await keyOf(address, io);
      return key !== undefined && isSigned({ hash, key, text: signedText, signature: textOf(envelope, 'Signature') });
    },

    /** Confirms a subscription to the channel's topic by calling the address that the signed message names. */
    async handshake(request, account, io): Promise<WebhookReply | undefined> {
      const envelope = readJsonObject(request.rawBody) ?? {};
      if (envelope['Type'] !== 'SubscriptionConfirmation') return undefined;

      const address = placeOf(textOf(envelope, 'SubscribeURL') ?? '', account);
      if (address === undefined || !confirmsTopic(address, account)) return { status: 400 };
      const answer = await io.http({ method: 'GET', url: address });
      // SNS repeats the message after a 5xx.
      return { status: answer.kind === 'RESPONSE' && answer.status === 200 ? 200 : 502 };
    },
  };
}

/** The envelope of a verified request; undefined when it is none. */
export function readEnvelope({ rawBody }: Pick<WebhookRequest, 'rawBody'>): SnsEnvelope | undefined {
  const envelope = readJsonObject(rawBody) ?? {};
  const [type, messageId] = [textOf(envelope, 'Type'), textOf(envelope, 'MessageId')];
  if (type === undefined || messageId === undefined || !Object.hasOwn(SIGNED_MEMBERS, type)) return undefined;
  const published = new Date(textOf(envelope, 'Timestamp') ?? '');
  return {
    type,
    messageId: messageId.slice(0, 100),
    message: textOf(envelope, 'Message') ?? '',
    timestamp: Number.isNaN(published.getTime()) ? undefined : published,
  };
}

function isOfTopic(envelope: JsonObject, { credentials: { topicArn } }: Subscriber): boolean {
  return Boolean(topicArn) && textOf(envelope, 'TopicArn') === topicArn;
}

function isTimely(envelope: JsonObject, now: Date): boolean {
  const ageMs = now.getTime() - new Date(textOf(envelope, 'Timestamp') ?? '').getTime();
  return ageMs <= MAX_AGE_MS && ageMs >= -MAX_CLOCK_SKEW_MS;
}

/** Name and value of each signed member that is there, a line each; undefined for a type that SNS does not have. */
function textToSign(envelope: JsonObject): string | undefined {
  const type = textOf(envelope, 'Type') ?? '';
  const members = Object.hasOwn(SIGNED_MEMBERS, type) ? SIGNED_MEMBERS[type] : undefined;
  return members
    ?.filter((name) => typeof envelope[name] === 'string')
    .map((name) => `${name}\n${String(envelope[name])}\n`)
    .join('');
}

/** Where an address of SNS is fetched; undefined for one that is not at SNS in the channel's region. */
function fetchAddress(
  address: string,
  { baseUrl, credentials: { region } }: Subscriber,
  usualBaseUrl: string,
): string | undefined {
  const origin = `https://${regionalHost('sns', region)}`;
  // An address that begins with the origin and a slash has no user, port or other host that a parser could find in it.
  if (!address.startsWith(`${origin}/`) || !URL.canParse(address)) return undefined;
  const { pathname, search } = new URL(address);
  const base = baseUrl.replace(/\/+$/, '');
  return (base === usualBaseUrl ? origin : base) + pathname + search;
}

function confirmsTopic(address: string, { credentials: { topicArn } }: Subscriber): boolean {
  const { searchParams } = new URL(address);
  return searchParams.get('Action') === 'ConfirmSubscription' && searchParams.get('TopicArn') === topicArn;
}

/** The public key of the certificate at this address, while it is valid. */
async function keyOf(address: string, io: SnsIo): Promise<KeyObject | undefined> {
  const known = certificates.get(address);
  const certificate = known && isValid(known, io.now()) ? known : await fetchCertificate(address, io);
  if (!certificate || !isValid(certificate, io.now())) return undefined;

  // The newest is last: when there are too many, the one that was not used for longest goes.
  certificates.delete(address);
  certificates.set(address, certificate);
  const [oldest] = certificates.keys();
  if (certificates.size > MOST_CERTIFICATES && oldest !== undefined) certificates.delete(oldest);
  return certificate.publicKey;
}

async function fetchCertificate(url: string, io: SnsIo): Promise<X509Certificate | undefined> {
  for (let tries = 0; tries < CERTIFICATE_TRIES; tries += 1) {
    const answer = await io.http({ method: 'GET', url, maxAnswerBytes: MAX_CERTIFICATE_BYTES });
    if (answer.kind === 'RESPONSE' && answer.status < 500) {
      return answer.status === 200 ? readCertificate(answer.body) : undefined;
    }
  }
  return undefined;
}

/** Undefined for bytes that are none, or one for a key of another kind. */
function readCertificate(pem: Buffer): X509Certificate | undefined {
  try {
    const certificate = new X509Certificate(pem);
    return certificate.publicKey.asymmetricKeyType === 'rsa' ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** SNS's own, and of our time. Who issued it is settled by fetching it from SNS itself over TLS. */
function isValid({ subjectAltName, validFrom, validTo }: X509Certificate, now: Date): boolean {
  const names = (subjectAltName ?? '').split(', ').map((name) => name.replace(/^DNS:/, ''));
  return new Date(validFrom) <= now && now <= new Date(validTo) && names.some((name) => CERTIFICATE_NAME.test(name));
}

/** The signature is base64, spelt in the one right way. */
function isSigned(signed: { hash: string; key: KeyObject; text: string; signature: string | undefined }): boolean {
  const bytes = Buffer.from(signed.signature ?? '', 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== signed.signature) return false;
  try {
    return verifySignature(signed.hash, Buffer.from(signed.text), signed.key, bytes);
  } catch {
    // A machine may forbid SHA-1.
    return false;
  }
}

/** The address of SNS itself in a region. */
export function usualSnsUrl({ credentials: { region } }: Pick<Subscriber, 'credentials'>): string {
  return `https://${regionalHost('sns', region)}`;
}

/** What is wrong with the channel's topic: one of another region signs with certificates that are never looked at. */
export function topicFault({ credentials: { topicArn, region } }: Pick<Subscriber, 'credentials'>): Fault | undefined {
  if (topicArn === undefined || topicArn.split(':')[3] === region) return undefined;
  return { class: 'config', code: 'topic_in_other_region', message: `The SNS topic is not in the region ${region}.` };
}
