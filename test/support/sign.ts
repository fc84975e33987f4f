import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** Signatures as the providers make them, written from their documentation and not from the code under test. */

/** A key pair as SendGrid makes for a signed webhook: the private key, and the public one as its console shows it. */
export function sendgridKeys(): { privateKey: KeyObject; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { privateKey, publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64') };
}

/** Headers of a SendGrid webhook: ECDSA over timestamp (seconds) and raw body. */
export function signSendgrid(
  privateKey: KeyObject,
  timestamp: number | string,
  raw: Buffer | string,
): Record<string, string> {
  const signature = sign('sha256', Buffer.concat([Buffer.from(String(timestamp)), Buffer.from(raw)]), privateKey);
  return {
    'x-twilio-email-event-webhook-signature': signature.toString('base64'),
    'x-twilio-email-event-webhook-timestamp': String(timestamp),
  };
}

/** X-Twilio-Signature: HMAC-SHA1 over the address and the sorted fields of the form. */
export function signTwilio(
  authToken: string,
  url: string,
  params: Readonly<Record<string, string | readonly string[]>>,
): string {
  const names = Object.keys(params).sort();
  const fields = names.map((name) => [...new Set([params[name] ?? ''].flat())].sort().map((value) => name + value));
  return createHmac('sha1', authToken)
    .update(url + fields.flat().join(''), 'utf8')
    .digest('base64');
}

/** `x-sandbox-signature`: hex HMAC-SHA256 over the raw body. */
export function signSandbox(secret: string, raw: Buffer | string): string {
  return createHmac('sha256', secret).update(raw).digest('hex');
}
