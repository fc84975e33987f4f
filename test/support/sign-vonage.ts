import { createHash, createHmac } from 'node:crypto';

/** Signatures as Vonage makes them, written from its documentation and not from the code under test. */

/** `sig` of the SMS API: over the sorted parameters, with `&` and `=` in values as `_`. */
export function signVonageParameters(
  method: string,
  secret: string,
  parameters: Readonly<Record<string, string>>,
): string {
  const text = Object.keys(parameters)
    .filter((name) => name !== 'sig')
    .sort()
    .map((name) => `&${name}=${(parameters[name] ?? '').replaceAll('&', '_').replaceAll('=', '_')}`)
    .join('');
  if (method === 'md5hash') return createHash('md5').update(`${text}${secret}`).digest('hex');
  return createHmac(method, secret).update(text).digest('hex').toUpperCase();
}

/** A JSON Web Token under the secret; `header` and `claims` as given. */
export function signVonageToken(secret: string, claims: object, header: object = { alg: 'HS256', typ: 'JWT' }): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const signed = `${encode(header)}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** Claims of a webhook of the Messages API over this body. */
export function vonageClaims(apiKey: string, at: Date, raw: Buffer): Record<string, unknown> {
  return {
    iat: Math.floor(at.getTime() / 1000),
    jti: 'c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5',
    iss: 'Vonage',
    payload_hash: createHash('sha256').update(raw).digest('hex'),
    api_key: apiKey,
    application_id: 'aaaaaaaa-bbbb-cccc-dddd-0123456789ab',
  };
}
