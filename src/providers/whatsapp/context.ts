import type { JsonObject } from '../json';
import type { Account } from '../provider';
import { sha256Hex } from '../signature';
import type { WhatsappCredentials } from './credentials';
import { numberOf } from './members';

/** What parsing needs to know beside the bytes. */
export interface Context {
  account: Pick<Account<WhatsappCredentials>, 'channelType' | 'from' | 'credentials' | 'settings'>;
  receivedAt: Date;
}

const LONGEST_ID = 150;

/** Key of what happened to a message: its id and a word, in any batch the same. */
export function keyOf(id: string, what: string): string {
  return `${id.length > LONGEST_ID ? sha256Hex(id) : id}:${what}`;
}

/** Seconds since 1970, which Meta writes as text. */
export function timeOf(element: JsonObject, receivedAt: Date): Date {
  const seconds = numberOf(element, 'timestamp') ?? 0;
  return seconds > 0 && seconds < 1e11 ? new Date(seconds * 1000) : receivedAt;
}
