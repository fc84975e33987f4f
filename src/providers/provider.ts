/**
 * The provider contract. A provider is one folder beside this file and one line in index.ts: a plain object that knows
 * neither Nest nor TypeORM nor any feature. Everything it may touch of the outside world comes in through ProviderIo.
 */

import type { Content, MessageType, Money } from './content';
import type { EventStatus, ProviderEvent } from './events';
import type { Fault } from './fault-class';
import type { HttpRequest, HttpResult } from './http';
import type { SmtpRequest, SmtpResult, SmtpServer } from './smtp-io';

export * from './content';
export * from './fault-class';
export type * from './events';

export const CHANNEL_TYPES = ['EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** One message, ready to go: rendered, allowed, addressed. */
export interface OutboundMessage {
  /** Ours, a UUID; the same on every attempt of one message. */
  messageId: string;
  /** What must come back in the provider's events: `<messageId>.<attempt number>`. */
  ref: string;
  channelType: ChannelType;
  messageType: MessageType;
  /** E-mail address, E.164 number, WhatsApp id or Telegram chat id, normalised. */
  to: string;
  content: Content;
  purpose: 'TRANSACTIONAL' | 'MARKETING';
  /** Give up on the provider's side after this time, where it has such a setting. */
  expiresAt?: Date;
}

/** A channel as its provider sees it: one account, one sender, one call-back address. */
export interface Account<C = Readonly<Record<string, string>>> {
  tenantId: string;
  channelId: string;
  channelType: ChannelType;
  from: string;
  credentials: C;
  settings: Readonly<Record<string, unknown>>;
  /** Random, the same for ever, of this channel only: for providers that send back a secret which we choose. A-Z a-z 0-9 _ -. */
  webhookSecret: string;
  /** Public address that the provider calls; undefined when the operator set no PUBLIC_URL that can be reached. */
  webhookUrl?: string;
  /** Base URL of the provider's API: the operator's PROVIDER_URL_<TYPE>, else the provider's own. */
  baseUrl: string;
}

/** All the outside world that a provider has. Never throws for a network fault; redirects are never followed. */
export interface ProviderIo {
  http(request: HttpRequest): Promise<HttpResult>;
  now(): Date;
  /** Whether the operator lets tenants have this host called; asked by providers whose address is the tenant's own. */
  mayCall?(host: string): boolean;
  /** Hands one mail to a mail server that the operator allows. */
  smtp?(request: SmtpRequest): Promise<SmtpResult>;
  /** As smtp, but says goodbye after it signed in: nothing is sent. */
  smtpVerify?(server: SmtpServer): Promise<SmtpResult>;
  /** In-process delivery of the sandbox; other providers do not use it. */
  sandbox?: SandboxOutbox;
}

/** What the sandbox provider "sent" and the webhooks it will "call": kept by the application, not by the provider. */
export interface SandboxOutbox {
  /** Stores the message as sent and returns how many times this message id was handed over before. */
  deliver(account: Account, message: OutboundMessage, providerMessageId: string): Promise<number>;
  /**
   * Has the body, `{ "events": […] }`, posted as JSON to the channel's own webhook after `delayMs`, alone or with the events
   * of other bodies, with the header `x-sandbox-signature`: hmacSha256Hex (signature.ts) of the raw body under the channel's
   * `webhookSecret`.
   */
  emit(account: Account, body: Record<string, unknown>, delayMs: number): Promise<void>;
}

/** The closed set of answers to one attempt (docs/request-path.md). Whatever a provider cannot classify is IN_DOUBT. */
export type SendResult =
  | { outcome: 'ACCEPTED'; providerMessageId?: string; parts?: number; cost?: Money }
  | { outcome: 'REJECTED_PERMANENT'; fault: Fault }
  | { outcome: 'REJECTED_RETRY'; fault: Fault; retryAfterMs?: number }
  | { outcome: 'THROTTLED'; fault: Fault; retryAfterMs?: number }
  | { outcome: 'NOT_SENT'; fault: Fault }
  | { outcome: 'IN_DOUBT'; fault: Fault };
export type Outcome = SendResult['outcome'];

/** One field of a provider's credentials: validates, masks, and draws the form. */
export interface CredentialField {
  name: string;
  label: string;
  /** Whole-string regular expression, without anchors. */
  pattern: string;
  secret: boolean;
  required: boolean;
  /** Closed choice instead of free text. */
  options?: readonly string[];
}

/** What a provider can express on one channel type. Whatever is not listed is refused before it is queued. */
export interface Capabilities {
  messageTypes: readonly MessageType[];
  /** Longest text in characters; undefined: no limit of the provider's own. */
  maxTextLength?: number;
  /** Content types that media may have, as prefixes ("image/", "application/pdf"). */
  mediaTypes?: readonly string[];
  maxButtons: number;
  attachments: boolean;
  maxAttachmentBytes?: number;
  providerTemplates: boolean;
  /** Which receipts arrive by webhook. */
  receipts: readonly ('DELIVERED' | 'READ' | 'OPENED' | 'CLICKED')[];
  inbound: boolean;
  /** How long an in-doubt attempt waits for the provider's echo before it is queried or decided; 0: no echo exists. */
  echoWindowMs: number;
  /**
   * People may be written to freely only for so long after they wrote last, in milliseconds; later a provider's template is
   * needed. Undefined: at any time.
   */
  replyWindowMs?: number;
  /** What `from` must look like, as a whole-string regular expression without anchors. */
  fromPattern: string;
}

export interface WebhookRequest {
  method: 'GET' | 'POST';
  /** Address as the provider sees it: PUBLIC_URL + path + query exactly as received. */
  url: string;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  rawBody: Buffer;
  /** When we took the request in; kept with it, so that a replay gives the same events. The time of events that carry none. */
  receivedAt: Date;
}

export interface WebhookReply {
  status: number;
  contentType?: string;
  body?: string;
}

export interface ProviderWebhook<C> {
  /**
   * Accounts named inside the request (`POST /webhooks/<type>` without a channel key); compare with accountKeyOf. Each gets
   * the call and takes its own part out of it in parse. A provider whose requests name no account answers
   * `channel:<channel id>`, the id that it echoes from our own send. Runs before verify: never throws.
   */
  accountKeys?(request: WebhookRequest): string[];
  /** The same key from the credentials; stored with the channel. Absent where accountKeys names channels. */
  accountKeyOf?(credentials: C): string | undefined;
  /**
   * What the provider signed and uses once, for those that do not sign the body: a second call with it is acknowledged and not
   * taken. Runs only after verify. At most 200 characters.
   */
  onceKey?(request: WebhookRequest): string | undefined;
  /** Answers a provider's set-up question; runs only after verify. */
  handshake?(request: WebhookRequest, account: Account<C>, io: ProviderIo): Promise<WebhookReply | undefined>;
  /** True only for a request that the account's provider signed. Fails closed: a missing secret or header is false. Never throws. */
  verify(request: WebhookRequest, account: Account<C>, io: ProviderIo): boolean | Promise<boolean>;
  /** Pure: the same in test, worker and replay. Throws only when the body is not what the provider documents. */
  parse(
    request: WebhookRequest,
    account: Pick<Account<C>, 'channelType' | 'from' | 'credentials' | 'settings'>,
  ): ProviderEvent[];
  /** Answer that the provider wants for an accepted request; default 200 with an empty body. */
  reply?: WebhookReply;
  /** An answer that this very request wants instead, undefined for the usual one. Never throws. */
  replyTo?(request: WebhookRequest): WebhookReply | undefined;
}

export interface Provider<C extends object = Readonly<Record<string, string>>> {
  /** Stored with the channel; text, never a database enum. */
  readonly type: string;
  readonly label: string;
  /** Public base URL of its API. */
  readonly defaultBaseUrl: string;
  /** The base URL where region, channel type or product decide; default: defaultBaseUrl. */
  baseUrlOf?(account: Pick<Account<C>, 'channelType' | 'credentials' | 'settings'>): string;
  readonly credentials: readonly CredentialField[];
  readonly channels: Readonly<Partial<Record<ChannelType, Capabilities>>>;
  /**
   * Names what of this content the provider cannot express, as a JSON pointer and a sentence; an empty list lets it pass.
   * Asked before a message is stored, so nothing is queued that can only fail.
   */
  refuse?(
    message: Pick<OutboundMessage, 'channelType' | 'messageType' | 'to' | 'content'> &
      Partial<Pick<Account, 'settings'>>,
  ): { pointer: string; message: string }[];
  send(message: OutboundMessage, account: Account<C>, io: ProviderIo): Promise<SendResult>;
  /** One call for many messages, for the bulk lane; all of one account, channel type and purpose. */
  readonly batch?: ProviderBatch<C>;
  /** Looks for a message whose attempt is in doubt; undefined: this provider cannot tell. */
  query?(message: OutboundMessage, account: Account<C>, io: ProviderIo, since: Date): Promise<QueryResult>;
  /** Do these credentials work? */
  check?(account: Account<C>, io: ProviderIo): Promise<CheckResult>;
  /** Tells the provider to call `account.webhookUrl`, where an API does that. Asked when a channel is made, changed or verified. */
  register?(account: Account<C>, io: ProviderIo): Promise<CheckResult>;
  /**
   * Events that happened since, for providers that do not repeat a lost webhook or have none. The same eventKeys as the
   * webhook gives, so that both may tell the same event. `until` is where the next poll goes on.
   */
  poll?(account: Account<C>, io: ProviderIo, since: Date): Promise<{ events: ProviderEvent[]; until: Date }>;
  /**
   * What the provider charged for a message that it delivered or failed to, where it is not told before; 'LATER': it is not
   * known yet, or the provider could not be asked; undefined: it never will be.
   */
  price?(providerMessageId: string, account: Account<C>, io: ProviderIo): Promise<Money | 'LATER' | undefined>;
  /** The templates that the provider keeps for this account, with what it says of each. */
  listTemplates?(account: Account<C>, io: ProviderIo): Promise<TemplatesResult>;
  /** The bytes of what a person sent (`media.ref` of an inbound event). */
  fetchMedia?(ref: string, account: Account<C>, io: ProviderIo): Promise<MediaResult>;
  readonly webhook?: ProviderWebhook<C>;
}

export interface ProviderBatch<C extends object> {
  /** Most messages in one call. */
  readonly max: number;
  /**
   * What all messages of a call must have in common, as a text; undefined: this message goes alone. Looks at one message, so
   * that hundreds are sorted without comparing each with each.
   */
  groupOf(message: OutboundMessage): string | undefined;
  /** Splits messages of one group, to addresses that all differ, into calls that can carry them; absent: one call can. */
  callsOf?(messages: readonly OutboundMessage[]): OutboundMessage[][];
  /**
   * Makes ONE call; a result for each message, in their order. Gets one of `callsOf`, less those that may not go any more. A
   * refusal of the call is not that of each message: resultsOfCall (batch-results.ts).
   */
  send(messages: readonly OutboundMessage[], account: Account<C>, io: ProviderIo): Promise<SendResult[]>;
}

export type MediaResult =
  { ok: true; contentType: string; filename?: string; content: Buffer } | { ok: false; fault: Fault };

/** What a provider says of a template that it keeps. UNKNOWN: a word that we do not know. */
export type TemplateStatus = 'APPROVED' | 'PENDING' | 'REJECTED' | 'PAUSED' | 'DISABLED' | 'UNKNOWN';

export interface ListedTemplate {
  name: string;
  /** As the provider writes it. */
  language: string;
  status: TemplateStatus;
  /** Why it is not approved, in the provider's words. */
  reason?: string;
}

export type TemplatesResult = { templates: readonly ListedTemplate[] } | { fault: Fault };

export type QueryResult =
  { found: true; providerMessageId: string; status: EventStatus; at: Date } | { found: false; certain: boolean };

export type CheckResult = { ok: true } | { ok: false; fault: Fault };

/** Keeps the literal types of a provider while it is checked against the contract. */
export function defineProvider<C extends object>(provider: Provider<C>): Provider<C> {
  return provider;
}
