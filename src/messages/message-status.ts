import type { EventStatus } from '../providers/provider';

/**
 * The life of a message as one table. Rank decides what a provider's event may do: status only ever moves to a higher
 * (rank, provider time, tie) triple, so the result is the same whatever the order or number of copies of the events.
 * SQL has the same ranks in message_status_rank(); a test holds the two together.
 */
export const STATUS = {
  SCHEDULED: { rank: 0, settled: false, cancellable: true, retryable: false },
  QUEUED: { rank: 0, settled: false, cancellable: true, retryable: false },
  SENDING: { rank: 1, settled: false, cancellable: false, retryable: false },
  UNKNOWN: { rank: 2, settled: false, cancellable: false, retryable: true },
  CANCELLED: { rank: 3, settled: true, cancellable: false, retryable: false },
  SUPPRESSED: { rank: 3, settled: true, cancellable: false, retryable: true },
  EXPIRED: { rank: 3, settled: true, cancellable: false, retryable: true },
  SENT: { rank: 4, settled: true, cancellable: false, retryable: false },
  DELIVERED: { rank: 5, settled: true, cancellable: false, retryable: false },
  FAILED: { rank: 5, settled: true, cancellable: false, retryable: true },
  READ: { rank: 6, settled: true, cancellable: false, retryable: false },
  RECEIVED: { rank: 7, settled: true, cancellable: false, retryable: false },
  NOTED: { rank: 7, settled: true, cancellable: false, retryable: false },
} as const;

export type MessageStatus = keyof typeof STATUS;
export const MESSAGE_STATUSES = Object.keys(STATUS) as MessageStatus[];

/** Where a message stands for the lattice: its status and the provider's time of the event that led there. */
export interface Standing {
  status: MessageStatus;
  at: Date;
}

/**
 * What an event makes of a message. DELIVERED against FAILED: the later provider time wins, and FAILED a tie, because a late
 * bounce after an optimistic delivery report is real and the other way round is not. READ stands above both.
 */
export function afterEvent(now: Standing, event: { status: EventStatus; at: Date }): Standing {
  return compare(event, now) > 0 ? { status: event.status, at: event.at } : now;
}

/** Statuses from which a person may call a message back. */
export const cancellable = (status: MessageStatus): boolean => STATUS[status].cancellable;

/** Statuses from which a person may ask for another attempt. */
export const retryable = (status: MessageStatus): boolean => STATUS[status].retryable;

function compare(a: Standing, b: Standing): number {
  const byRank = STATUS[a.status].rank - STATUS[b.status].rank;
  if (byRank) return byRank;
  const byTime = a.at.getTime() - b.at.getTime();
  if (byTime) return byTime;
  return Number(a.status === 'FAILED') - Number(b.status === 'FAILED');
}
