import { createHash, createHmac } from 'node:crypto';
import { equalInConstantTime } from '../signature';
import type { SignatureMethod, VonageCredentials } from './credentials';
import type { SmsParameters } from './sms-parameters';
import { isRecent } from './times';

const hmac = (algorithm: string) => (secret: string, text: string) =>
  createHmac(algorithm, secret).update(text, 'utf8').digest('hex');

const DIGESTS: Readonly<Record<SignatureMethod, (secret: string, text: string) => string>> = {
  md5hash: (secret, text) =>
    createHash('md5')
      .update(text + secret, 'utf8')
      .digest('hex'),
  md5: hmac('md5'),
  sha1: hmac('sha1'),
  sha256: hmac('sha256'),
  sha512: hmac('sha512'),
};

/**
 * The signature covers the names and values as read, not the bytes, and `&` and `=` in a value count as `_`
 * (developer.vonage.com, "Signing messages"). Names with either would let one parameter pass for two: Vonage has none.
 */
export function isSignedByParameter(
  parameters: SmsParameters,
  { signatureSecret, signatureMethod = 'md5hash' }: VonageCredentials,
  now: Date,
): boolean {
  const { sig, timestamp, ...signed } = { ...parameters };
  if (!signatureSecret || !sig || timestamp === undefined || !/^\d{10}$/.test(timestamp)) return false;
  if (!isRecent(Number(timestamp), now) || !Object.hasOwn(DIGESTS, signatureMethod)) return false;

  const names = Object.keys({ ...signed, timestamp }).sort();
  if (!names.every((name) => /^[\w.-]+$/.test(name))) return false;
  const text = names.map((name) => `&${name}=${(parameters[name] ?? '').replace(/[&=]/g, '_')}`).join('');
  return equalInConstantTime(sig.toLowerCase(), DIGESTS[signatureMethod](signatureSecret, text));
}
