import { Inject, Injectable } from '@nestjs/common';
import {
  createLocalJWKSet,
  errors,
  type CryptoKey,
  type FlattenedJWSInput,
  type JSONWebKeySet,
  type JWSHeaderParameters,
} from 'jose';
import { Config } from '../../config';
import type { HttpClient } from '../../platform/egress/http-client';
import { Problem } from '../../platform/http/problem';
import { log } from '../../platform/log';
import { HTTP_CLIENT } from '../../platform/tokens';

const FRESH_FOR_MS = 10 * 60_000;
/** Keys that were once fetched go on working so long while the issuer is away. */
const USABLE_FOR_MS = 24 * 60 * 60_000;
/** A key id that nobody knows can be made up by anybody: it must not make us ask the issuer more often than this. */
const UNKNOWN_KEY_PAUSE_MS = 60_000;
/** After a failure: soon while there is nothing to work with, later while old keys still do. */
const FAILURE_PAUSE_MS = { without: 1_000, with: 30_000 };
const TIMEOUT_MS = 5_000;
const MOST_KEYS = 100;

type KeySet = ReturnType<typeof createLocalJWKSet>;

/** The keys that the issuer publishes, found by its discovery document and remembered for ten minutes. */
@Injectable()
export class IssuerKeys {
  private keys: KeySet | undefined;
  private fetchedAt = -Infinity;
  private triedAt = -Infinity;
  private askedForUnknownAt = -Infinity;
  private hasFailed = false;
  private fetching: Promise<void> | undefined;

  constructor(
    private readonly config: Config,
    @Inject(HTTP_CLIENT) private readonly client: HttpClient,
  ) {}

  /** Throws a JOSEError when the issuer has no such key, Problem 503 when it would have to be asked and does not answer. */
  async find(header: JWSHeaderParameters, token: FlattenedJWSInput): Promise<CryptoKey> {
    if (this.age > FRESH_FOR_MS && performance.now() - this.triedAt >= this.pause) await this.refresh();
    await this.fetching;
    if (!this.keys || this.age > USABLE_FOR_MS) throw this.unavailable(this.triedAt + this.pause);
    try {
      return await this.keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.refreshForUnknown();
      if (this.hasFailed) throw this.unavailable(this.askedForUnknownAt + UNKNOWN_KEY_PAUSE_MS);
      return this.keys(header, token);
    }
  }

  private get age(): number {
    return performance.now() - this.fetchedAt;
  }

  private get pause(): number {
    return this.keys ? FAILURE_PAUSE_MS.with : FAILURE_PAUSE_MS.without;
  }

  private unavailable(until: number): Problem {
    return Problem.unavailable(undefined, Math.max(1, Math.ceil((until - performance.now()) / 1000)));
  }

  private async refreshForUnknown(): Promise<void> {
    if (performance.now() - this.askedForUnknownAt >= UNKNOWN_KEY_PAUSE_MS) {
      this.askedForUnknownAt = performance.now();
      await this.refresh();
    } else await this.fetching;
  }

  /** Asks the issuer; everybody who waits, waits for the same answer. */
  private refresh(): Promise<void> {
    this.triedAt = performance.now();
    return (this.fetching ??= this.load().finally(() => (this.fetching = undefined)));
  }

  private async load(): Promise<void> {
    try {
      this.keys = createLocalJWKSet(await this.keySet());
      this.fetchedAt = performance.now();
      this.hasFailed = false;
    } catch (error) {
      this.hasFailed = true;
      const reason = error instanceof IssuerFault ? error.message : 'the answer is not readable';
      log.warn({ reason }, 'the keys of the OIDC issuer cannot be read');
    }
  }

  private async keySet(): Promise<JSONWebKeySet> {
    const issuer = this.config.OIDC_ISSUER ?? '';
    const found = await this.json(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`);
    if (found['issuer'] !== issuer) throw new IssuerFault('the discovery document is of another issuer');
    const url = found['jwks_uri'];
    if (typeof url !== 'string' || !isTrustworthy(url)) throw new IssuerFault('jwks_uri is no https address');
    const { keys } = await this.json(url);
    if (!Array.isArray(keys) || keys.length > MOST_KEYS) throw new IssuerFault('the key set is not readable');
    return { keys };
  }

  private async json(url: string): Promise<Record<string, unknown>> {
    const answer = await this.client.http({ method: 'GET', url, timeoutMs: TIMEOUT_MS });
    if (answer.kind !== 'RESPONSE') throw new IssuerFault(`no answer: ${answer.code}`);
    if (answer.status !== 200) throw new IssuerFault(`answered ${answer.status}`);
    const value: unknown = JSON.parse(answer.body.toString());
    if (typeof value !== 'object' || value === null) throw new IssuerFault('answered no JSON object');
    return value as Record<string, unknown>;
  }
}

/** What is wrong with an issuer's answer, in words of ours that may be logged. */
class IssuerFault extends Error {}

/** Whoever can change the keys on their way can be anybody: https, or this very machine. */
function isTrustworthy(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}
