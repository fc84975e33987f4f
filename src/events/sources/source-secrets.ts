import { Injectable } from '@nestjs/common';
import { SealError, Vault } from '../../platform/secrets/vault';
import type { EventSource } from './event-source.entity';
import type { SourceCredentials } from './source-settings';

type Place = Pick<EventSource, 'tenantId' | 'id' | 'credentialsVersion'>;
type Sealed = Place & Pick<EventSource, 'credentials'>;

/** Seals and opens the credentials of a source, each bound to its tenant, source, field and version. */
@Injectable()
export class SourceSecrets {
  constructor(private readonly vault: Vault) {}

  seal(place: Place, credentials: SourceCredentials): Record<string, string> {
    return mapped(credentials, (value, field) => this.vault.seal(value, context(place, field)));
  }

  /** Undefined where they cannot be read any more. */
  openIfReadable(source: Sealed): SourceCredentials | undefined {
    try {
      return mapped(source.credentials, (sealed, field) => this.vault.open(sealed, context(source, field)));
    } catch (error) {
      if (error instanceof SealError) return undefined;
      throw error;
    }
  }

  /** The same credentials under the current key; undefined when they are already. */
  rewrap(source: Sealed): Record<string, string> | undefined {
    if (!Object.values(source.credentials).some((sealed) => this.vault.needsRewrap(sealed))) return undefined;
    return mapped(source.credentials, (sealed, field) => this.vault.rewrap(sealed, context(source, field)));
  }
}

function context({ tenantId, id, credentialsVersion }: Place, field: string) {
  return { tenantId, channelId: id, field: `eventSource.${field}`, version: credentialsVersion };
}

function mapped(
  record: Readonly<Record<string, string>>,
  change: (value: string, key: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]));
}
