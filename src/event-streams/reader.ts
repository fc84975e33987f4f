import type { ServerResponse } from 'node:http';
import { cloudEvent } from '../webhook-endpoints/cloud-event';
import type { Place, StreamedEvent } from './stream.queries';

/** What a reader may hear, and how. */
export interface Hearing {
  tenantId: string;
  types: ReadonlySet<string>;
  /** Channel types of which it may hear; null: every one. */
  channelTypes: readonly string[] | null;
  /** Takes out what the reader may not see. */
  shown: (data: Record<string, unknown>) => unknown;
}

/** What may wait for the other side to read it; a look fetches no more than that for a reader that has less. */
const MOST_WAITING_BYTES = 256 * 1024;

/** Whoever has not read for so long is gone, or as good as. */
const STALLED_MS = 60_000;

/**
 * One open stream. It keeps its place and little more: while the other side does not read, nothing is fetched for it, and it goes
 * on from its place when it does.
 */
export class Reader {
  private fullSince: number | undefined;

  constructor(
    readonly hearing: Hearing,
    private readonly out: ServerResponse,
    public place: Place,
    /** Called when there is room again. */
    onRoom: () => void,
  ) {
    out.on('drain', () => {
      this.fullSince = undefined;
      onRoom();
    });
  }

  get isReady(): boolean {
    return this.out.writableLength < MOST_WAITING_BYTES && !this.out.destroyed;
  }

  /** Ends a stream whose other side stands still. */
  endIfStalled(now: number): void {
    if (this.fullSince !== undefined && now - this.fullSince > STALLED_MS) this.out.destroy();
  }

  /** What a reader needs to come back, before it has heard anything. */
  greet(isComplete: boolean): void {
    this.write(`retry: 2000\nid: ${this.place.id}\n: open\n\n`);
    // Where it left off is not kept any more.
    if (!isComplete) this.write('event: stream.reset\ndata: {}\n\n');
  }

  beat(): void {
    if (this.isReady) this.write(': still here\n\n');
  }

  /** Tells what of these it may hear. Stops where the other side has enough, and keeps that place. */
  tell(events: readonly StreamedEvent[]): void {
    for (const event of events) {
      if (!this.isReady) return;
      this.place = event;
      if (mayHear(this.hearing, event)) this.write(frameOf(this.hearing, event));
    }
  }

  end(): void {
    this.out.end();
  }

  private write(text: string): void {
    if (!this.out.write(text)) this.fullSince ??= performance.now();
  }
}

/** Whether a reader may hear of an event. */
export function mayHear({ types, channelTypes }: Hearing, { type, channelType }: StreamedEvent): boolean {
  return types.has(type) && (channelTypes === null || channelType === null || channelTypes.includes(channelType));
}

/** The event as a reader sees it. */
export function heard({ tenantId, shown }: Hearing, event: StreamedEvent) {
  return cloudEvent(tenantId, event, shown(event.data) as Record<string, unknown>);
}

function frameOf(hearing: Hearing, event: StreamedEvent): string {
  return `id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(heard(hearing, event))}\n\n`;
}
