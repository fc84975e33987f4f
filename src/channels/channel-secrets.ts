import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { SealError, Vault } from '../platform/secrets/vault';
import type { CommunicationChannel } from './communication-channel.entity';

type Place = Pick<CommunicationChannel, 'tenantId' | 'id' | 'credentialsVersion'>;

/** Seals and opens the credentials of a channel. Each value is bound to its tenant, channel, field and version. */
@Injectable()
export class ChannelSecrets {
  constructor(private readonly vault: Vault) {}

  seal(place: Place, credentials: Readonly<Record<string, string>>): Record<string, string> {
    return mapValues(credentials, (value, field) => this.vault.seal(value, context(place, field)));
  }

  /** Throws an Error when a value was moved here from another row, or when its key is not in the ring. */
  open(channel: Place & { credentials: Record<string, unknown> }): Record<string, string> {
    return mapValues(channel.credentials, (sealed, field) => this.vault.open(String(sealed), context(channel, field)));
  }

  /** As open, but undefined where it would throw: one unreadable channel must not hide the others of its tenant. */
  openIfReadable(channel: Place & { credentials: Record<string, unknown> }): Record<string, string> | undefined {
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

/** Secret with which the in-process sandbox signs its call-backs: nobody outside this process needs to know it. */
const processSecret = crypto.randomUUID() + crypto.randomUUID();
export function sandboxSecret(channelId: string): string {
  return createHmac('sha256', processSecret).update(channelId).digest('hex');
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
