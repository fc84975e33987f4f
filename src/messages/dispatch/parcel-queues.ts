import { findProvider } from '../../providers/registry';
import type { FoundQueue, Queue } from './claim.queries';

/** Most queues that are asked for a parcel in one round. */
const MOST_IN_A_ROUND = 8;

/** Fewest messages a call for which a queue is worth claiming by parcels. */
const WORTH_SHARING = 2;
const PARCEL_SIZE_THAT_TELLS = 16;
const ONE_BY_ONE_MS = 60_000;

/** Which queues are claimed by hundreds, because their provider takes many messages with one call; and whose turn it is. */
export class ParcelQueues {
  private last: Queue | undefined;
  /** Until when a queue is served one by one, because its messages did not fit each other; monotonic. */
  private readonly oneByOneUntil = new Map<string, number>();

  /** @param size most messages in one call; 1: none is shared. */
  constructor(private readonly size: number) {}

  /** Whether this queue is served by parcels at the moment. */
  takes(queue: FoundQueue): boolean {
    if (this.size < 2 || !findProvider(queue.providerType)?.batch) return false;
    return !(Number(this.oneByOneUntil.get(keyOf(queue))) > performance.now());
  }

  /** The queues with something due, beginning after the one that was served last. */
  inTurn(queues: readonly FoundQueue[]): FoundQueue[] {
    const due = queues.filter((queue) => queue.due);
    const { last } = this;
    const next = last ? due.findIndex((queue) => keyOf(queue) > keyOf(last)) : 0;
    const begin = Math.max(next, 0);
    return [...due.slice(begin), ...due.slice(0, begin)].slice(0, MOST_IN_A_ROUND);
  }

  served(queue: Queue): void {
    this.last = queue;
  }

  /** A queue whose messages do not fit each other is served one by one for a minute. */
  learn(queue: Queue, { messages, calls }: { messages: number; calls: number }): void {
    const now = performance.now();
    for (const [key, until] of this.oneByOneUntil) if (until <= now) this.oneByOneUntil.delete(key);
    if (messages < PARCEL_SIZE_THAT_TELLS || messages / calls >= WORTH_SHARING) return;
    this.oneByOneUntil.set(keyOf(queue), now + ONE_BY_ONE_MS);
  }
}

function keyOf({ tenantId, channelId }: Queue): string {
  return tenantId + channelId;
}
