import { createHmac } from 'node:crypto';
import { readJsonObject, textOf, type JsonObject } from '../json';
import type { WebhookRequest } from '../provider';
import { equalInConstantTime, sha256Hex } from '../signature';
import type { VonageCredentials } from './credentials';
import { isRecent } from './times';

interface Token {
  header: JsonObject;
  claims: JsonObject;
  /** Header and claims as they were signed. */
  signed: string;
  signature: string;
}

/** The key of the account that a call of the Messages API says it is for; nothing is checked yet. */
export function claimedApiKey(request: WebhookRequest): string | undefined {
  const token = readToken(request.headers['authorization']);
  return token && textOf(token.claims, 'api_key');
}

/**
 * A JSON Web Token under the account's signature secret, and in it the hash of the body (developer.vonage.com, "Decoding
 * signed webhooks"). The algorithm is HS256 and no other, whatever the token's header asks for. The SDK's helper takes any
 * and looks at no hash.
 */
export function isSignedByToken(
  { headers, rawBody }: WebhookRequest,
  { apiKey, signatureSecret }: VonageCredentials,
  now: Date,
): boolean {
  const token = readToken(headers['authorization']);
  if (!signatureSecret || !token || token.header['alg'] !== 'HS256') return false;
  const signature = createHmac('sha256', signatureSecret).update(token.signed).digest('base64url');
  if (!equalInConstantTime(token.signature, signature)) return false;

  const { api_key: account, payload_hash: hash, iat } = token.claims;
  if (account !== apiKey || typeof hash !== 'string' || typeof iat !== 'number') return false;
  return isRecent(iat, now) && equalInConstantTime(hash.toLowerCase(), sha256Hex(rawBody));
}

function readToken(authorization: string | undefined): Token | undefined {
  const [, header = '', claims = '', signature = ''] =
    /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/i.exec(authorization ?? '') ?? [];
  const [readHeader, readClaims] = [header, claims].map((part) => readJsonObject(Buffer.from(part, 'base64url')));
  return readHeader && readClaims
    ? { header: readHeader, claims: readClaims, signed: `${header}.${claims}`, signature }
    : undefined;
}
