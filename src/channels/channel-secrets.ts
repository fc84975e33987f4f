import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SealError, Vault } from '../platform/secrets/vault';
import type { CommunicationChannel } from './communication-channel.entity';

type Place = Pick<CommunicationChannel, 'tenantId' | 'id' | 'credentialsVersion'>;

/** Kept among the credentials, under a name that no field of a provider can have. */
const WEBHOOK_SECRET = ':webhookSecret';
const WEBHOOK_SECRET_BYTES = 32;

/** What a channel holds in confidence. */
export interface OpenSecrets {
  /** As the tenant gave them. */
  credentials: Record<string, string>;
  /** Made here, for providers that send back a secret which we choose. */
  webhookSecret: string;
}

/** Seals and opens the secrets of a channel. Each value is bound to its tenant, channel, field and version. */
@Injectable()
export class ChannelSecrets {
  constructor(private readonly vault: Vault) {}

  /** A channel without a webhook secret gets one here. */
  seal(place: Place, credentials: Readonly<Record<string, string>>, webhookSecret?: string): Record<string, string> {
    const secrets = {
      ...credentials,
      [WEBHOOK_SECRET]: webhookSecret ?? randomBytes(WEBHOOK_SECRET_BYTES).toString('base64url'),
    };
    return mapValues(secrets, (value, field) => this.vault.seal(value, context(place, field)));
  }

  /** Throws an Error when a value was moved here from another row, or when its key is not in the ring. */
  open(channel: Place & { credentials: Record<string, unknown> }): OpenSecrets {
    const opened = mapValues(channel.credentials, (sealed, field) =>
      this.vault.open(String(sealed), context(channel, field)),
    );
    const { [WEBHOOK_SECRET]: webhookSecret = '', ...credentials } = opened;
    return { credentials, webhookSecret };
  }

  /** As open, but undefined where it would throw: one unreadable channel must not hide the others of its tenant. */
  openIfReadable(channel: Place & { credentials: Record<string, unknown> }): OpenSecrets | undefined {
    try {
      return this.open(channel);
    } catch (error) {
      if (error instanceof SealError) return undefined;
      throw error;
    }
  }

  /** The same credentials under the current key; undefined when they are already. */
  rewrap(channel: Place & { credentials: Record<string, unknown> }): Record<string, string> | undefined {
    const stale = Object.values(channel.credentials).some((sealed) => this.vault.needsRewrap(String(sealed)));
    if (!stale) return undefined;
    return mapValues(channel.credentials, (sealed, field) =>
      this.vault.rewrap(String(sealed), context(channel, field)),
    );
  }
}

function context({ tenantId, id, credentialsVersion }: Place, field: string) {
  return { tenantId, channelId: id, field, version: credentialsVersion };
}

function mapValues<In>(
  record: Readonly<Record<string, In>>,
  change: (value: In, key: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
