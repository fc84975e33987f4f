/**
 * The provider contract. A provider is one folder beside this file and one line in index.ts: a plain object that knows
 * neither Nest nor TypeORM nor any feature. Everything it may touch of the outside world comes in through ProviderIo.
 */

import type { HttpRequest, HttpResult } from './http';

export const CHANNEL_TYPES = ['EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM'] as const;
export type ChannelType = (typeof CHANNEL_TYPES)[number];

export const MESSAGE_TYPES = ['TEXT', 'HTML', 'IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'LOCATION', 'TEMPLATE'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** What an error means for the message, the address and the account; the words of docs/errors.md. */
export const FAULT_CLASSES = [
  'throttled', // retry after the given delay
  'transient', // retry with backoff
  'ambiguous', // may have been accepted
  'invalid_recipient', // permanent, suppress the address
  'unreachable', // permanent for this message, keep the address
  'opted_out', // permanent, the person said no
  'blocked', // permanent, a filter of the carrier or provider
  'content', // permanent, our content
  'template', // permanent until the template changes
  'window', // permanent in this form: wait for the person, or use a template
  'auth', // stop the account
  'quota', // stop the account until reset or top-up
  'config', // permanent, our request or set-up
] as const;
export type FaultClass = (typeof FAULT_CLASSES)[number];

/** Why a call did not simply work. `message` is safe to store and show: no credential, no address, at most 500 characters. */
export interface Fault {
  class: FaultClass;
  /** The provider's own code ("21610"), or ours ("http_503", "ECONNREFUSED", "timeout"). */
  code: string;
  message: string;
}

export interface Money {
  /** Decimal number as a string, "0.0075". */
  amount: string;
  /** ISO 4217. */
  currency: string;
}

export interface Media {
  /** Where the provider can fetch it. */
  url: string;
  contentType?: string;
  filename?: string;
  caption?: string;
}

export interface Location {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
}

export interface Button {
  /** What the person reads. */
  title: string;
  /** What comes back when it is pressed. */
  payload?: string;
  /** Opens this address instead of answering. */
  url?: string;
}

export interface Attachment {
  filename: string;
  contentType: string;
  content: Buffer;
  /** Set for images shown inside the HTML (`cid:`). */
  contentId?: string;
}

/** Names a template that the provider keeps (WhatsApp, Twilio Content, SendGrid dynamic templates). */
export interface ProviderTemplate {
  name: string;
  language: string;
  variables: Readonly<Record<string, string>>;
}

export interface Content {
  subject?: string;
  text?: string;
  html?: string;
  media?: Media;
  location?: Location;
  buttons?: Button[];
  template?: ProviderTemplate;
  attachments?: Attachment[];
  /** Extra e-mail headers, already checked for line breaks (List-Unsubscribe, In-Reply-To, …). */
  headers?: Readonly<Record<string, string>>;
}

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
  /** Public address that the provider calls; undefined when the operator set no PUBLIC_URL that can be reached. */
  webhookUrl?: string;
  /** Base URL of the provider's API: the operator's PROVIDER_URL_<TYPE>, else the provider's own. */
  baseUrl: string;
}

/** All the outside world that a provider has. Never throws for a network fault; redirects are never followed. */
export interface ProviderIo {
  http(request: HttpRequest): Promise<HttpResult>;
  now(): Date;
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
   * `settings.webhookSecret`.
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

interface EventBase {
  /** Unique per channel: the second event with the same key has no effect. At most 200 characters. */
  eventKey: string;
  /** The provider's own time. */
  at: Date;
}

/** How an event names the message it is about: our ref where the provider echoes it, else its own id. */
interface AboutMessage {
  ref?: string;
  providerMessageId?: string;
}

export type EventStatus = 'SENT' | 'DELIVERED' | 'READ' | 'FAILED';

export type StatusEvent = EventBase &
  AboutMessage & { kind: 'status'; status: EventStatus; fault?: Fault; cost?: Money; parts?: number };
export type EngagementEvent = EventBase &
  AboutMessage & { kind: 'engagement'; action: 'OPENED' | 'CLICKED' | 'DEFERRED'; url?: string; machine?: boolean };
export type InboundEvent = EventBase & {
  kind: 'inbound';
  providerMessageId: string;
  from: string;
  to: string;
  /** Name that the provider gives for the sender. */
  profileName?: string;
  messageType: MessageType;
  content: Content;
  /** Provider's id of the message that this one answers. */
  inReplyTo?: string;
};
export type ConsentEvent = EventBase &
  AboutMessage & {
    kind: 'consent';
    address: string;
    action: 'OPTED_OUT' | 'OPTED_IN' | 'COMPLAINED' | 'HARD_BOUNCED';
    /** The provider's own word for it. */
    source: string;
  };
export type UnknownEvent = EventBase & { kind: 'unknown'; providerType: string };
export type ProviderEvent = StatusEvent | EngagementEvent | InboundEvent | ConsentEvent | UnknownEvent;

export interface ProviderWebhook<C> {
  /**
   * Account named inside the request (`POST /webhooks/<type>` without a channel key); compare with accountKeyOf. A provider
   * whose requests name no account answers `channel:<channel id>`, the id that it echoes from our own send.
   */
  accountKey?(request: WebhookRequest): string | undefined;
  /** The same key from the credentials; stored with the channel. Absent where accountKey names channels. */
  accountKeyOf?(credentials: C): string | undefined;
  /** Answers a provider's set-up question; runs only after verify. */
  handshake?(request: WebhookRequest, account: Account<C>, io: ProviderIo): Promise<WebhookReply | undefined>;
  /** True only for a request that the account's provider signed. Fails closed: a missing secret or header is false. Never throws. */
  verify(request: WebhookRequest, account: Account<C>, io: ProviderIo): boolean | Promise<boolean>;
  /** Pure: the same in test, worker and replay. Throws only when the body is not what the provider documents. */
  parse(request: WebhookRequest, account: Pick<Account<C>, 'channelType'>): ProviderEvent[];
  /** Answer that the provider wants for an accepted request; default 200 with an empty body. */
  reply?: WebhookReply;
}

export interface Provider<C extends object = Readonly<Record<string, string>>> {
  /** Stored with the channel; text, never a database enum. */
  readonly type: string;
  readonly label: string;
  /** Public base URL of its API. */
  readonly defaultBaseUrl: string;
  readonly credentials: readonly CredentialField[];
  readonly channels: Readonly<Partial<Record<ChannelType, Capabilities>>>;
  /**
   * Names what of this content the provider cannot express, as a JSON pointer and a sentence; an empty list lets it pass.
   * Asked before a message is stored, so nothing is queued that can only fail.
   */
  refuse?(
    message: Pick<OutboundMessage, 'channelType' | 'messageType' | 'to' | 'content'>,
  ): { pointer: string; message: string }[];
  send(message: OutboundMessage, account: Account<C>, io: ProviderIo): Promise<SendResult>;
  /** Looks for a message whose attempt is in doubt; undefined: this provider cannot tell. */
  query?(message: OutboundMessage, account: Account<C>, io: ProviderIo, since: Date): Promise<QueryResult>;
  /** Do these credentials work? */
  check?(account: Account<C>, io: ProviderIo): Promise<CheckResult>;
  readonly webhook?: ProviderWebhook<C>;
}

export type QueryResult =
  { found: true; providerMessageId: string; status: EventStatus; at: Date } | { found: false; certain: boolean };

export type CheckResult = { ok: true } | { ok: false; fault: Fault };

/** Keeps the literal types of a provider while it is checked against the contract. */
export function defineProvider<C extends object>(provider: Provider<C>): Provider<C> {
  return provider;
}
