import { Injectable } from '@nestjs/common';
import type { OpenChannel } from '../channels/channel-accounts';
import { normaliseAddress } from '../contacts/address';
import { InboundMessages } from '../messages/events/inbound';
import { MessageEvents } from '../messages/events/message-events';
import { askPriceSoon } from '../messages/events/price.queries';
import type { Tx } from '../platform/db/tenant-db';
import { hiddenAddress } from '../preferences/hidden-address';
import { recordConsent } from '../preferences/withdrawal';
import type { ChannelType, ConsentEvent, EventStatus, ProviderEvent, StatusEvent } from '../providers/provider';

/** Statuses after which a provider sets its price. */
const ENDS = new Set<EventStatus>(['DELIVERED', 'FAILED']);

/** What an event of a provider means for us, however we came to know of it: called with it, or asked for it. */
@Injectable()
export class ProviderEvents {
  constructor(
    private readonly events: MessageEvents,
    private readonly inbound: InboundMessages,
  ) {}

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
