import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { Vault } from '../platform/secrets/vault';
import type { WebhookEndpoint } from './webhook-endpoint.entity';

const SECRET_BYTES = 32;
const FIELD = 'signingSecret';

type Place = Pick<WebhookEndpoint, 'tenantId' | 'id' | 'secretVersion'>;
type Kept = Place & Pick<WebhookEndpoint, 'secret' | 'oldSecret' | 'oldSecretUntil'>;

/** What is signed, byte for byte. */
export interface Letter {
  id: string;
  at: Date;
  body: string;
}

/** Makes, seals and uses the secrets with which calls are signed (Standard Webhooks). */
@Injectable()
export class EndpointSecrets {
  constructor(private readonly vault: Vault) {}

  /** As it is shown, once. */
  make(): string {
    return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
  }

  seal(place: Place, secret: string): string {
    return this.vault.seal(secret, contextOf(place, place.secretVersion));
  }

  /** The headers of a call: while a secret is being replaced, one signature by each. Throws SealError. */
  headers(endpoint: Kept, { id, at, body }: Letter): Record<string, string> {
    const secrets = [this.vault.open(endpoint.secret, contextOf(endpoint, endpoint.secretVersion))];
    if (endpoint.oldSecret !== null && endpoint.oldSecretUntil !== null && endpoint.oldSecretUntil > at)
      secrets.push(this.vault.open(endpoint.oldSecret, contextOf(endpoint, endpoint.secretVersion - 1)));
    return {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, at, body)).join(' '),
    };
  }

  /** The same secrets under the current key; undefined when they are already. Throws SealError. */
  rewrap(endpoint: Kept): Pick<WebhookEndpoint, 'secret' | 'oldSecret'> | undefined {
    const { secret, oldSecret, secretVersion } = endpoint;
    if (![secret, oldSecret].some((sealed) => sealed !== null && this.vault.needsRewrap(sealed))) return undefined;
    return {
      secret: this.vault.rewrap(secret, contextOf(endpoint, secretVersion)),
      oldSecret: oldSecret && this.vault.rewrap(oldSecret, contextOf(endpoint, secretVersion - 1)),
    };
  }
}

/** The vault binds a value to a thing of the tenant: its `channelId` is the id of that thing. */
function contextOf({ tenantId, id }: Place, version: number) {
  return { tenantId, channelId: id, field: FIELD, version };
}
