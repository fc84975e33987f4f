import { Injectable } from '@nestjs/common';
import { jwtVerify, type JWTPayload, type JWTVerifyOptions, type ProtectedHeaderParameters } from 'jose';
import { Config } from '../../config';
import type { Caller } from '../../platform/http/caller';
import { TenantDb } from '../../platform/db/tenant-db';
import { isUuid } from '../../platform/http/fields';
import { Problem } from '../../platform/http/problem';
import { parseStrictJson } from '../../platform/http/strict-json';
import { IssuerKeys } from './issuer-keys';
import { findSignedIn } from './member.queries';
import { rightsOf } from './rights';

/** Signatures by a key that only the issuer has; `none` and shared secrets are not among them (RFC 8725, 3.1). */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA', 'Ed25519'];
const TYPES = ['at+jwt', 'application/at+jwt', 'jwt'];
const TOLERANCE_SECONDS = 60;
const MOST_SUBJECT = 255;
const MOST_DEPTH = 20;

/** Three parts with dots between them, the first of which begins a JSON object. No key of ours looks like that. */
export function looksLikeToken(credential: string): boolean {
  return /^eyJ[\w-]*\.[\w-]*\.[\w-]*$/.test(credential);
}

/**
 * Access tokens of the operator's OpenID Connect issuer. A token says who somebody is and for which tenant; whether that is a
 * member there, and what a member may do, says only our own database.
 */
@Injectable()
export class TokenAuthenticator {
  private readonly expected: JWTVerifyOptions;

  constructor(
    private readonly config: Config,
    private readonly keys: IssuerKeys,
    private readonly db: TenantDb,
  ) {
    this.expected = {
      algorithms: ALGORITHMS,
      clockTolerance: TOLERANCE_SECONDS,
      requiredClaims: ['exp', 'iat', 'sub'],
      ...(config.OIDC_ISSUER && { issuer: config.OIDC_ISSUER }),
      ...(config.OIDC_AUDIENCE && { audience: config.OIDC_AUDIENCE }),
    };
  }

  /** Throws Problem 503 while the key of the token would have to be asked for and the issuer does not answer. */
  async find(token: string): Promise<Caller | undefined> {
    const issuer = this.config.OIDC_ISSUER;
    if (issuer === undefined || !isPlain(token)) return undefined;
    const claims = await this.verified(token);
    const tenantId = claims?.[this.config.OIDC_TENANT_CLAIM];
    const subject = claims?.sub;
    if (!isUuid(tenantId) || !subject || subject.length > MOST_SUBJECT || isFromTheFuture(claims?.iat))
      return undefined;
    const member = await this.db.run(tenantId, (tx) => findSignedIn(tx, tenantId, { issuer, subject }));
    if (!member) return undefined;
    return { tenantId, keyId: null, userId: member.userId, ...rightsOf(member.grants, ['*']), channelTypes: null };
  }

  private async verified(token: string): Promise<JWTPayload | undefined> {
    try {
      return (await jwtVerify(token, (header, jws) => this.keys.find(header, jws), this.expected)).payload;
    } catch (error) {
      if (error instanceof Problem) throw error;
      return undefined; // whatever the library says of a token, or of a key that its issuer published: it is not valid
    }
  }
}

/**
 * Whether header and claims mean one thing only, and the header asks for nothing special. Where a token says its key is to
 * be found (jku, jwk, x5u, x5c) is never looked at: keys come from the issuer alone.
 */
function isPlain(token: string): boolean {
  try {
    const [header, claims] = token.split('.').map((part) => Buffer.from(part, 'base64url'));
    if (!header || !claims) return false;
    parseStrictJson(claims, { maxDepth: MOST_DEPTH });
    const { typ, crit } = parseStrictJson(header, { maxDepth: MOST_DEPTH }) as ProtectedHeaderParameters;
    return crit === undefined && typeof typ === 'string' && TYPES.includes(typ.toLowerCase());
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

function isFromTheFuture(issuedAt: number | undefined): boolean {
  return issuedAt === undefined || issuedAt > Date.now() / 1000 + TOLERANCE_SECONDS;
}
