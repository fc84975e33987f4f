import type { JsonObject } from '../json';
import type { ConsentEvent, FaultClass, Money } from '../provider';

/** A message of the topic, read as JSON. */
export interface Told {
  /** SNS's id of the message of the topic, the same when it is delivered again. */
  messageId: string;
  /** When it was published; the time of what names none. */
  at: Date;
  message: JsonObject;
}

/** What a failure tells about the number beyond this message. */
export const CONSENT_OF: Readonly<Partial<Record<FaultClass, ConsentEvent['action']>>> = {
  opted_out: 'OPTED_OUT',
  invalid_recipient: 'HARD_BOUNCED',
};

/** AWS writes prices as numbers of US dollars. */
export function dollars(price: unknown): Money | undefined {
  if (typeof price !== 'number' || !(price >= 0) || price > 1e6) return undefined;
  return { amount: price.toFixed(8).replace(/\.?0+$/, ''), currency: 'USD' };
}

export function partsOf(count: unknown): number | undefined {
  return typeof count === 'number' && Number.isInteger(count) && count > 0 ? count : undefined;
}

/** The time, where it is one that a message can have. */
export function timeOf(value: unknown): Date | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
