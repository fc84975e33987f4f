import { Injectable } from '@nestjs/common';
import type { OpenChannel } from '../channels/channel-accounts';
import { normaliseAddress } from '../contacts/address';
import { InboundMessages } from '../messages/events/inbound';
import { EventsTogether, type JoinableEvent } from '../messages/events/events-together';
import { MessageEvents } from '../messages/events/message-events';
import { askPriceSoon } from '../messages/events/price.queries';
import type { Tx } from '../platform/db/tenant-db';
import { hiddenAddress } from '../preferences/hidden-address';
import { recordConsent } from '../preferences/withdrawal';
import type { ChannelType, ConsentEvent, EventStatus, ProviderEvent, StatusEvent } from '../providers/provider';

/** Statuses after which a provider sets its price. */
const ENDS = new Set<EventStatus>(['DELIVERED', 'FAILED']);

/** One statement's worth: more of them gain nothing. */
const MOST_TOGETHER = 1_000;

/** What an event of a provider means for us, however we came to know of it: called with it, or asked for it. */
@Injectable()
export class ProviderEvents {
  constructor(
    private readonly events: MessageEvents,
    private readonly inbound: InboundMessages,
    private readonly together: EventsTogether,
  ) {}

  /** Applies the events of a call in their order; those that stand side by side and are about messages only, in one go. */
  async applyAll(tx: Tx, open: OpenChannel, events: readonly ProviderEvent[]): Promise<void> {
    for (let at = 0; at < events.length;) {
      const run = runFrom(events, at);
      const [event] = events.slice(at);
      if (run.length > 1) await this.applyRun(tx, open, run);
      else if (event) await this.apply(tx, open, event);
      at += Math.max(run.length, 1);
    }
  }

  /** Applies an event once: a second one with the same key changes nothing. */
  async apply(tx: Tx, open: OpenChannel, event: ProviderEvent): Promise<void> {
    const { channel } = open;
    switch (event.kind) {
      case 'status':
        return this.applyStatus(tx, open, event);
      case 'engagement':
        return void (await this.events.engagement(tx, channel.id, event));
      case 'inbound':
        return void (await this.inbound.receive(tx, channel, event));
      case 'consent':
        return this.applyConsent(tx, channel, event);
      case 'unknown':
        return;
    }
  }

  private async applyRun(tx: Tx, { channel, provider }: OpenChannel, run: readonly JoinableEvent[]): Promise<void> {
    const placed = await this.together.apply(tx, channel.id, run);
    if (!provider.price) return;
    for (const [event, messageId] of placed)
      if (event.kind === 'status' && ENDS.has(event.status)) await askPriceSoon(tx, messageId);
  }

  private async applyStatus(tx: Tx, { channel, provider }: OpenChannel, event: StatusEvent): Promise<void> {
    const placed = await this.events.status(tx, channel.id, event);
    if (placed.outcome === 'PLACED' && provider.price && ENDS.has(event.status))
      await askPriceSoon(tx, placed.messageId);
  }

  private async applyConsent(tx: Tx, channel: { id: string; channelType: string }, event: ConsentEvent): Promise<void> {
    const placed = await this.events.consent(tx, channel.id, event);
    if (placed.outcome === 'DUPLICATE') return;
    const channelType = channel.channelType as ChannelType;
    const normalised = normaliseAddress(channelType, event.address);
    const address = 'address' in normalised ? normalised.address : event.address;
    const isErased = placed.outcome === 'PLACED' && placed.isErased;
    await recordConsent(tx, {
      channelType,
      address: isErased ? await hiddenAddress(tx, channelType, address) : address,
      action: event.action,
      source: `${event.source}`,
      ...(placed.outcome === 'PLACED' && { messageId: placed.messageId }),
    });
  }
}

/** Events from a place on that can be applied together. */
function runFrom(events: readonly ProviderEvent[], begin: number): JoinableEvent[] {
  const run: JoinableEvent[] = [];
  for (const event of events.slice(begin, begin + MOST_TOGETHER)) {
    if (event.kind !== 'status' && event.kind !== 'engagement') break;
    run.push(event);
  }
  return run;
}
