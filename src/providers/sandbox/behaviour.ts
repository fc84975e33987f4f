import type { ChannelType, Fault, FaultClass } from '../provider';

/** One event that the sandbox "calls back" with, and how long after the send. */
export interface Echo {
  type: 'delivered' | 'read' | 'bounced' | 'complained' | 'reply';
  delayMs: number;
}

/** How the sandbox treats one kind of recipient. */
export interface Behaviour {
  /** Answers this instead of accepting. */
  fault?: Fault;
  /** The fault is answered up to this attempt; the next one is accepted. */
  faultUntilAttempt?: number;
  /** The message goes out although the fault is answered. */
  deliversAnyway?: boolean;
  /** Milliseconds before the answer. */
  answersAfterMs?: number;
  echoes: readonly Echo[];
}

const DELIVERED: Echo = { type: 'delivered', delayMs: 50 };

const ORDINARY: Behaviour = { echoes: [DELIVERED] };

/** Names are suffixes of an e-mail's local part (`ada+bounce@…`); the position is the last digits of a number (`…0002`). */
const MAGIC: readonly (readonly [name: string, lastDigits: string, behaviour: Behaviour])[] = [
  ['fail-permanent', '0001', { fault: fault('unreachable', 'fail_permanent'), echoes: [] }],
  ['bounce', '0002', { echoes: [{ type: 'bounced', delayMs: 500 }] }],
  ['retry', '0003', { fault: fault('transient', 'retry'), faultUntilAttempt: 2, echoes: [DELIVERED] }],
  ['slow', '0004', { answersAfterMs: 5_000, echoes: [DELIVERED] }],
  [
    'unknown',
    '0005',
    { fault: fault('ambiguous', 'timeout'), deliversAnyway: true, echoes: [{ type: 'delivered', delayMs: 2_000 }] },
  ],
  ['complain', '0006', { echoes: [DELIVERED, { type: 'complained', delayMs: 300 }] }],
  ['reply', '0007', { echoes: [DELIVERED, { type: 'reply', delayMs: 300 }] }],
  ['read', '0008', { echoes: [DELIVERED, { type: 'read', delayMs: 300 }] }],
];

/** What happens to a message to this address; anything that is not magic is accepted and delivered. */
export function behaviourOf(channelType: ChannelType, to: string): Behaviour {
  const localPart = to.slice(0, to.lastIndexOf('@'));
  const magic = MAGIC.find(([name, digits]) =>
    channelType === 'EMAIL' ? localPart.endsWith(`+${name}`) : to.endsWith(digits),
  );
  return magic?.[2] ?? ORDINARY;
}

function fault(faultClass: FaultClass, code: string): Fault {
  return { class: faultClass, code, message: `The sandbox answers ${code} to this recipient.` };
}
