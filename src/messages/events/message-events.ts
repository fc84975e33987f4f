import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/db/tenant-db';
import { isUuid } from '../../platform/http/fields';
import type { ConsentEvent, EngagementEvent, StatusEvent } from '../../providers/provider';
import { applyFacet, applyStatus, facetOf, placeEvent, type NewEvent, type Placed } from './message-events.queries';

/** What the provider reported about messages. Order and number of copies do not matter: the same events, the same result. */
@Injectable()
export class MessageEvents {
  /** Moves the message's status, if the event is the higher one. */
  async status(tx: Tx, channelId: string, event: StatusEvent): Promise<Placed> {
    const placed = await placeEvent(tx, newEventOf(channelId, event));
    if (placed.outcome === 'PLACED') await this.applyStatus(tx, placed.messageId, event);
    return placed;
  }

  /** Notes an opening, a click or a delay. */
  async engagement(tx: Tx, channelId: string, event: EngagementEvent): Promise<Placed> {
    const placed = await placeEvent(tx, newEventOf(channelId, event));
    const facet = facetOf(event.action, event.machine ?? false);
    if (placed.outcome === 'PLACED' && facet) await applyFacet(tx, placed.messageId, facet, event.at);
    return placed;
  }

  /** Notes on the message what its recipient said; what follows from it is the preferences' matter. */
  async consent(tx: Tx, channelId: string, event: ConsentEvent): Promise<Placed> {
    const placed = await placeEvent(tx, address(channelId, event, event.action, { source: event.source }));
    if (placed.outcome === 'PLACED' && event.action === 'COMPLAINED')
      await applyFacet(tx, placed.messageId, 'COMPLAINED', event.at);
    return placed;
  }

  private async applyStatus(tx: Tx, messageId: string, event: StatusEvent): Promise<void> {
    await applyStatus(tx, {
      messageId,
      status: event.status,
      at: event.at,
      providerMessageId: event.providerMessageId ?? null,
      reason: event.fault ? { code: event.fault.class, detail: event.fault.message } : null,
      cost: event.cost ?? null,
      parts: event.parts ?? null,
    });
  }
}

function address(
  channelId: string,
  event: StatusEvent | EngagementEvent | ConsentEvent,
  type: string,
  detail: Record<string, unknown>,
): NewEvent {
  const messageId = event.ref?.split('.')[0] ?? '';
  return {
    channelId,
    eventKey: event.eventKey,
    messageId: isUuid(messageId) ? messageId : null,
    providerMessageId: event.providerMessageId ?? null,
    type,
    at: event.at,
    detail,
  };
}

/** An event as it is stored. */
export function newEventOf(channelId: string, event: StatusEvent | EngagementEvent): NewEvent {
  return event.kind === 'status'
    ? address(channelId, event, event.status, statusDetail(event))
    : address(channelId, event, event.action, engagementDetail(event));
}

function statusDetail({ fault }: StatusEvent): Record<string, unknown> {
  return { ...(fault && { class: fault.class, code: fault.code, message: fault.message }) };
}

function engagementDetail({ url, machine }: EngagementEvent): Record<string, unknown> {
  return { ...(url && { url }), ...(machine && { machine: true }) };
}
