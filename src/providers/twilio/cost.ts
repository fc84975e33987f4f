import { textOf, type JsonObject } from '../json';
import type { Money } from '../provider';

/** What Twilio's resource of a message says it cost; null there until it is known. What it charges is a negative number. */
export function costOf(resource: JsonObject): Money | undefined {
  const amount = textOf(resource, 'price')?.replace(/^-/, '');
  const currency = textOf(resource, 'price_unit')?.toUpperCase();
  return amount !== undefined && currency !== undefined && /^\d+(\.\d+)?$/.test(amount)
    ? { amount, currency }
    : undefined;
}
