/** What providers tell us afterwards, in words that no provider owns. */

import type { Content, MessageType, Money } from './content';
import type { Fault } from './fault-class';

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
  /** Set where a long text comes in parts, 1 to `total`, that share a reference: they are joined before anybody sees them. */
  part?: { reference: string; index: number; total: number };
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
