import { EgressFault } from '../../platform/egress/egress-fault';
import type { SourceCredentials, SourceSettings } from './source-settings';
import type { Arrived } from './source-message';

/** A source with everything that is needed to read it. */
export interface OpenSource {
  id: string;
  settings: SourceSettings;
  credentials: SourceCredentials;
}

/** What becomes of what is read. */
export interface Sink {
  /** Resolves when they are stored; only then are they acknowledged. */
  take(arrived: readonly Arrived[]): Promise<void>;
  /** Something went wrong that the next try may mend. */
  report(error: unknown): void;
  /** It works. */
  works(): void;
}

/** A source that is being read. */
export interface Consuming {
  /** It gave up, and is to be begun anew. */
  isOver(): boolean;
  /** Resolves when what was under way is stored and nothing more is taken. */
  stop(): Promise<void>;
}

/**
 * What a tenant is told of a fault: the name that the library or the server gives it. Their sentences can hold addresses inside the
 * network, and keys.
 */
export function faultName(error: unknown): string {
  if (error instanceof EgressFault) return `${error.why}: ${error.message}`;
  const { name, code, cause } = error as { name?: unknown; code?: unknown; cause?: unknown };
  if (cause instanceof EgressFault) return faultName(cause);
  const words = [name, code].filter((word): word is string => typeof word === 'string' && /^[\w.]{1,80}$/.test(word));
  return words.join(': ') || 'unknown';
}
