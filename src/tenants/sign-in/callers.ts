import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Authenticator, type Caller } from '../../platform/http/caller';
import { KeyAuthenticator } from './key-authenticator';
import { looksLikeToken, TokenAuthenticator } from './token-authenticator';

const KNOWN_FOR_MS = 1_000;
const MOST_KNOWN = 10_000;

interface Known {
  caller: Caller | undefined;
  until: number;
}

/**
 * API keys and tokens of the issuer, in the same header. An answer holds for one second: a key that was revoked, a user who
 * was disabled and a permission that was taken away stop working within that time everywhere.
 */
@Injectable()
export class Callers extends Authenticator {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly keys: KeyAuthenticator,
    private readonly tokens: TokenAuthenticator,
  ) {
    super();
  }

  override async authenticate(credential: string): Promise<Caller | undefined> {
    const id = hash('sha256', credential);
    const known = this.known.get(id);
    if (known && known.until > performance.now()) return known.caller;
    const caller = await (looksLikeToken(credential) ? this.tokens : this.keys).find(credential);
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    this.known.set(id, { caller, until: performance.now() + KNOWN_FOR_MS });
    return caller;
  }

  /** Forgets every answer: after a key, a user or a permission was changed here. */
  forget(): void {
    this.known.clear();
  }
}
