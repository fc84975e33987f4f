import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';

export interface IssuerKey {
  alg: string;
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  jwk: JWK;
}

/** An OpenID Connect issuer on a real socket: discovery, keys, and tokens signed by them. */
export class Issuer {
  /** Paths that were asked for, in order. */
  readonly asked: string[] = [];
  keys: IssuerKey[] = [];
  /** Changes what discovery says. */
  discovery: Record<string, unknown> = {};
  /** Answers 500 to everything while true. */
  isDown = false;
  private server: Server | undefined;
  url = '';

  async start(port = 0): Promise<this> {
    this.server = createServer((request, response) => {
      this.asked.push(request.url ?? '');
      const answer = this.isDown ? undefined : this.answer(request.url ?? '');
      response.writeHead(answer ? 200 : 500, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}));
    });
    await new Promise<void>((resolve) => void this.server?.listen(port, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  /** Makes a key pair and publishes it. */
  async addKey(alg: string, kid = `${alg}-key`): Promise<IssuerKey> {
    const key = await makeKey(alg, kid);
    this.keys.push(key);
    return key;
  }

  /** Claims of a token that is good. */
  claims(more: JWTPayload = {}): JWTPayload {
    const now = Math.floor(Date.now() / 1000);
    return { iss: this.url, aud: 'carillon', iat: now, exp: now + 300, sub: 'ada', ...more };
  }

  private answer(path: string): object | undefined {
    if (path === '/.well-known/openid-configuration')
      return { issuer: this.url, jwks_uri: `${this.url}/keys`, ...this.discovery };
    if (path === '/keys') return { keys: this.keys.map(({ jwk }) => jwk) };
    return undefined;
  }
}

export async function makeKey(alg: string, kid: string): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { alg, kid, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), alg, kid, use: 'sig' } };
}

/** A token of these claims; `header` changes or adds to what a good one says. */
export function sign(claims: JWTPayload, key: IssuerKey, header: Record<string, unknown> = {}): Promise<string> {
  const { alg, kid, privateKey } = key;
  return new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header }).sign(privateKey);
}
