import { parseForm } from '../form';
import { readJsonObject } from '../json';
import type { WebhookRequest } from '../provider';

/** What a webhook of the SMS API says: names and values, wherever the account's settings have them put. */
export type SmsParameters = Readonly<Record<string, string>>;

/**
 * From the address of a GET, from the form or the JSON of a POST; never from two of them. Undefined when a name comes
 * twice or a value is no text: the signature says nothing about such requests.
 */
export function readSmsParameters({ query, rawBody }: WebhookRequest): SmsParameters | undefined {
  if (rawBody.length === 0) return { ...query };
  const json = readJsonObject(rawBody);
  const pairs = Object.entries(json ?? parseForm(rawBody)).map(([name, value]) => [name, json ? value : single(value)]);
  return pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string')
    ? Object.assign(Object.create(null), Object.fromEntries(pairs))
    : undefined;
}

function single(values: unknown): unknown {
  return Array.isArray(values) && values.length === 1 ? values[0] : undefined;
}
