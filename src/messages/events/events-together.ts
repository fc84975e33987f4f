import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/db/tenant-db';
import type { EngagementEvent, EventStatus, StatusEvent } from '../../providers/provider';
import { afterEvent } from '../message-status';
import { applyTogether, placeTogether, type JoinedChange } from './events-together.queries';
import { newEventOf } from './message-events';
import { facetOf, type Facet } from './message-events.queries';

/** Events that many of can be applied in one go: each is about one message, and nothing else follows from it. */
export type JoinableEvent = StatusEvent | EngagementEvent;

type Stage = 'sentAt' | 'deliveredAt' | 'readAt' | 'failedAt' | 'openedAt' | 'machineOpenedAt' | 'clickedAt';

/** Stages that an event proves. Who read a message got it. */
const STAGES: Readonly<Record<EventStatus | Facet, readonly Stage[]>> = {
  SENT: ['sentAt'],
  DELIVERED: ['sentAt', 'deliveredAt'],
  READ: ['sentAt', 'deliveredAt', 'readAt'],
  FAILED: ['failedAt'],
  OPENED: ['openedAt'],
  MACHINE_OPENED: ['machineOpenedAt'],
  CLICKED: ['clickedAt'],
  COMPLAINED: [],
};

/** As MessageEvents, with two statements for any number of events of a channel. */
@Injectable()
export class EventsTogether {
  /** Answers the messages of the events that were new, by event. */
  async apply(tx: Tx, channelId: string, events: readonly JoinableEvent[]): Promise<Map<JoinableEvent, string>> {
    const byKey = new Map(events.toReversed().map((event) => [event.eventKey, event])); // the first of several counts
    const once = events.filter((event) => byKey.get(event.eventKey) === event);
    const messages = await placeTogether(
      tx,
      channelId,
      once.map((event) => newEventOf(channelId, event)),
    );
    const placed = new Map(
      once.flatMap((event) => {
        const messageId = messages.get(event.eventKey);
        return messageId === undefined ? [] : [[event, messageId] as const];
      }),
    );
    await applyTogether(tx, joined(placed));
    return placed;
  }
}

/** One change a message: what the events would have done one after the other. */
function joined(placed: ReadonlyMap<JoinableEvent, string>): JoinedChange[] {
  const changes = new Map<string, JoinedChange>();
  for (const [event, messageId] of placed) {
    const proved = event.kind === 'status' ? event.status : facetOf(event.action, event.machine ?? false);
    if (proved === undefined) continue;
    const change = changes.get(messageId) ?? { messageId };
    changes.set(messageId, change);
    const at = event.at.toISOString();
    for (const stage of STAGES[proved]) change[stage] = earlier(change[stage], at);
    if (event.kind === 'status') joinStatus(change, event);
  }
  return [...changes.values()];
}

function joinStatus(change: JoinedChange, event: StatusEvent): void {
  if (rises(change, event)) {
    change.status = event.status;
    change.at = event.at.toISOString();
    if (event.fault) Object.assign(change, { reasonCode: event.fault.class, reasonDetail: event.fault.message });
    else Object.assign(change, { reasonCode: undefined, reasonDetail: undefined });
  }
  if (event.providerMessageId !== undefined) change.providerMessageId ??= event.providerMessageId;
  if (event.cost) Object.assign(change, { costAmount: event.cost.amount, costCurrency: event.cost.currency });
  if (event.parts !== undefined) change.parts = event.parts;
}

function rises({ status, at }: JoinedChange, event: StatusEvent): boolean {
  if (status === undefined || at === undefined) return true;
  const now = { status: status as EventStatus, at: new Date(at) };
  return afterEvent(now, event) !== now;
}

/** Texts of one format and time zone are in the order of their times. */
function earlier(a: string | undefined, b: string): string {
  return a && a < b ? a : b;
}
