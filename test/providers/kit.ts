import type { HttpRequest, HttpResult } from '../../src/providers/http';
import type { ChannelType, WebhookRequest } from '../../src/providers/provider';
import type { AnswerTable } from './answers';
import type { Player } from './player';

/** A request without its signature. */
export interface Unsigned {
  url: string;
  headers: Record<string, string>;
  rawBody: Buffer;
  receivedAt: Date;
}

/** Whose secret signs; providers that sign with a key pair have no empty one. */
export type Signer = 'provider' | 'stranger' | 'nobody';

/** What signing changes of a request; headers come on top of those that are there. */
export type Signature = Partial<Pick<WebhookRequest, 'headers' | 'rawBody' | 'url' | 'query'>>;

/** What the tests must know about a provider and cannot ask it. */
export interface Kit {
  credentials: Record<string, string>;
  /** Secrets that nobody may see again, credentials or settings. */
  secrets: string[];
  /** Credentials that must be refused, by the pointer of the field. */
  badCredentials: Record<string, Record<string, unknown>>;
  settings: Record<string, unknown>;
  from: Partial<Record<ChannelType, string>>;
  /** An address that the provider can send to, where the usual ones of the tests (ada@example.com, +14155552671) will not do. */
  to?: string;
  /** The signature, made with the account's secret, somebody else's, or the empty one; undefined for one without a webhook. */
  sign?(request: Unsigned, as: Signer, timestamp?: Date): Signature;
  /** Ranges of bytes of a signed body that the signature covers; default: all of it. Providers that sign less say so here. */
  covered?(rawBody: Buffer): [from: number, to: number][];
  /** Signed requests that were spoilt in other ways than losing a header: for signatures that stand in the body. */
  spoilt?(signed: WebhookRequest): WebhookRequest[];
  /** What the provider's servers answer while a webhook is verified; default: they cannot be reached. */
  outside?(request: HttpRequest): HttpResult;
  /** The account without what verify needs. */
  withoutSecret?: { credentials?: Record<string, string>; settings?: Record<string, unknown>; webhookSecret?: string };
  /** Ages beyond which a signed timestamp is refused; undefined where the provider signs none. */
  window?: { pastMs: number; futureMs: number };
  /** What the provider makes of the ways in which a server can answer; undefined for one that calls no HTTP server. */
  answers?: AnswerTable;
  /** How a server plays the provider by its official description; undefined where there is none. */
  player?: Player;
}
