import type { Capabilities, Fault, Money, SendResult } from '../../providers/provider';
import type { ClaimedMessage } from './claim.queries';
import { GATE_REASONS } from '../../preferences/gate/reasons';
import { BUDGET_HELD } from '../budget/budget-hold';
import type { Judged, Verdict } from './dispatch.queries';
import type { FilesNotThere } from './outbound-files';
import { LANES, retryDelayMs } from './retry-policy';
import type { Settlement } from './settle.queries';

/** Classes of fault that stop the account, not the message: the message waits and no failure is counted. */
const ACCOUNT_FAULTS = new Set<Fault['class']>(['auth', 'quota']);
const ACCOUNT_WAIT_MS = 60_000;

/** Classes that an operator can mend: such messages end among the dead letters, from where they can be sent again. */
const MENDABLE = new Set<Fault['class']>(['config', 'template']);

/** Why a message does not go out now: what the gate says, or what its files say. */
type Refusal = Exclude<Verdict, 'GO' | 'LOST'> | FilesNotThere['verdict'];
type Meaning = Pick<Settlement, 'status' | 'reason' | 'waitMs' | 'dead'>;

/** Also written where a bulk send is paused or cancelled, to what of it waits at that moment. */
export const CAMPAIGN_PAUSED = { code: 'campaign_paused', detail: 'The bulk send is paused; the message waits.' };
export const CAMPAIGN_CANCELLED = {
  code: 'campaign_cancelled',
  detail: 'The bulk send was cancelled before it went out.',
};

/** What refusals mean for the message. */
const REFUSALS: Readonly<Record<Refusal, Meaning>> = {
  CHANNEL_INACTIVE: {
    status: 'QUEUED',
    waitMs: 30_000,
    dead: false,
    reason: { code: 'channel_inactive', detail: 'The channel or the tenant is switched off; the message waits.' },
  },
  ERASED: {
    status: 'CANCELLED',
    waitMs: null,
    dead: false,
    reason: { code: 'erased', detail: 'The person was erased before it went out.' },
  },
  CAMPAIGN_PAUSED: {
    status: 'QUEUED',
    waitMs: 60_000,
    dead: false,
    reason: CAMPAIGN_PAUSED,
  },
  CAMPAIGN_CANCELLED: {
    status: 'CANCELLED',
    waitMs: null,
    dead: false,
    reason: CAMPAIGN_CANCELLED,
  },
  FILES_GONE: {
    status: 'FAILED',
    waitMs: null,
    dead: true,
    reason: { code: 'attachment_gone', detail: 'A file of the message is no longer there; send it with a new one.' },
  },
  FILES_AWAY: {
    status: 'QUEUED',
    waitMs: 30_000,
    dead: false,
    reason: { code: 'storage_unavailable', detail: 'The storage of files does not answer; the message waits.' },
  },
  EXPIRED: {
    status: 'EXPIRED',
    waitMs: null,
    dead: true,
    reason: { code: 'expired', detail: 'expiresAt had passed before the message could go out.' },
  },
  SUPPRESSED: suppressed('SUPPRESSED'),
  DO_NOT_CONTACT: suppressed('DO_NOT_CONTACT'),
  OPTED_OUT: suppressed('OPTED_OUT'),
  NOT_OPTED_IN: suppressed('NOT_OPTED_IN'),
  FREQUENCY_CAPPED: suppressed('FREQUENCY_CAPPED'),
  QUIET_HOURS: { status: 'QUEUED', waitMs: 60_000, dead: false, reason: GATE_REASONS.QUIET_HOURS },
  BUDGET_HELD: { status: 'QUEUED', waitMs: 60_000, dead: false, reason: BUDGET_HELD },
  LATER: { status: 'QUEUED', waitMs: 100, dead: false, reason: null },
  WINDOW_CLOSED: {
    status: 'FAILED',
    waitMs: null,
    dead: false,
    reason: {
      code: 'window_closed',
      detail: 'The person did not write lately enough for a free message; a template that the provider keeps passes.',
    },
  },
};

function suppressed(verdict: keyof typeof GATE_REASONS): Meaning {
  return { status: 'SUPPRESSED', waitMs: null, dead: false, reason: GATE_REASONS[verdict] };
}

type Decision = Pick<Settlement, 'status' | 'reason' | 'waitMs' | 'counts' | 'dead'>;

/** What a refusal makes of a message; nothing was called. */
export function settlementOfRefusal(
  message: ClaimedMessage,
  { verdict, rule = null, waitMs = null }: { verdict: Refusal } & Partial<Omit<Judged, 'verdict'>>,
): Settlement {
  const meaning = REFUSALS[verdict];
  return { ...blank(message), attempt: null, ...meaning, waitMs: waitMs ?? meaning.waitMs, rule };
}

/** What the provider's answer makes of a message. */
export function settlementOf(
  message: ClaimedMessage,
  result: SendResult,
  { echoWindowMs, unitPrice }: Pick<Capabilities, 'echoWindowMs'> & { unitPrice?: Money | undefined },
): Settlement {
  const fault = 'fault' in result ? result.fault : null;
  return {
    ...blank(message),
    outcome: result.outcome,
    fault,
    ...decide(message, result, echoWindowMs),
    ...(result.outcome === 'ACCEPTED' && {
      providerMessageId: result.providerMessageId ?? null,
      parts: result.parts ?? null,
      cost: result.cost ?? null,
      unitPrice: unitPrice ?? null,
    }),
  };
}

function decide(message: ClaimedMessage, result: SendResult, echoWindowMs: number): Decision {
  switch (result.outcome) {
    case 'ACCEPTED':
      return { status: 'SENT', reason: null, waitMs: null, counts: false, dead: false };
    case 'IN_DOUBT':
      return { status: 'UNKNOWN', reason: reasonOf(result.fault), waitMs: echoWindowMs, counts: true, dead: false };
    case 'REJECTED_PERMANENT':
      return failed(result.fault.class, result.fault.message, MENDABLE.has(result.fault.class));
    case 'THROTTLED':
      return again(message, result.fault, {
        counts: false,
        waitMs: retryDelayMs(message.lane, 1, result.retryAfterMs ?? 0),
      });
    case 'REJECTED_RETRY':
      if (ACCOUNT_FAULTS.has(result.fault.class))
        return again(message, result.fault, { counts: false, waitMs: ACCOUNT_WAIT_MS });
      return againIfAllowed(message, result.fault, result.retryAfterMs);
    case 'NOT_SENT':
      return againIfAllowed(message, result.fault);
  }
}

function againIfAllowed(message: ClaimedMessage, fault: Fault, retryAfterMs?: number): Decision {
  const failures = message.failures + 1;
  if (failures >= LANES[message.lane].failures)
    return {
      ...failed('retries_exhausted', `Given up after ${failures} failures; last: ${fault.message}`, true),
      counts: true,
    };
  return again(message, fault, { counts: true, waitMs: retryDelayMs(message.lane, failures, retryAfterMs) });
}

/** Another attempt, unless the message would be too old by then. */
function again(message: ClaimedMessage, fault: Fault, next: { counts: boolean; waitMs: number }): Decision {
  const tooOld = message.ageMs + next.waitMs > LANES[message.lane].lifetimeMs;
  const expired =
    message.expiresAt && message.createdAt.getTime() + message.ageMs + next.waitMs > message.expiresAt.getTime();
  if (!tooOld && !expired) return { status: 'QUEUED', reason: reasonOf(fault), dead: false, ...next };
  return {
    status: 'EXPIRED',
    reason: { code: 'expired', detail: `No time is left for another attempt; last: ${fault.message}`.slice(0, 500) },
    waitMs: null,
    counts: next.counts,
    dead: true,
  };
}

function failed(code: string, detail: string, dead: boolean): Decision {
  return { status: 'FAILED', reason: { code, detail: detail.slice(0, 500) }, waitMs: null, counts: true, dead };
}

function reasonOf(fault: Fault): { code: string; detail: string } {
  return { code: fault.class, detail: fault.message.slice(0, 500) };
}

function blank(message: ClaimedMessage): Settlement {
  return {
    tenantId: message.tenantId,
    id: message.id,
    channelId: message.channelId,
    fence: message.fence,
    attempt: message.attempts + 1,
    outcome: null,
    fault: null,
    status: 'FAILED',
    reason: null,
    rule: null,
    waitMs: null,
    counts: false,
    dead: false,
    providerMessageId: null,
    parts: null,
    cost: null,
    unitPrice: null,
  };
}
