/** What a message says, in words that no provider owns. */

export const MESSAGE_TYPES = ['TEXT', 'HTML', 'IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'LOCATION', 'TEMPLATE'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

export interface Money {
  /** Decimal number as a string, "0.0075". */
  amount: string;
  /** ISO 4217. */
  currency: string;
}

export interface Media {
  /** Where the provider can fetch it; of what people send, where it may be seen. Empty where only `ref` leads to it. */
  url: string;
  /** Inbound only: the provider's own name of a file, which fetchMedia can turn into bytes while the provider keeps it. */
  ref?: string;
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
  /** What WhatsApp charges it as: MARKETING, UTILITY or AUTHENTICATION. For the price only; no provider is told. */
  category?: string;
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
