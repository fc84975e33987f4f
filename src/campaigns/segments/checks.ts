import { isUuid } from '../../platform/http/fields';
import { CHANNEL_TYPES } from '../../providers/provider';

/** Notes a fault of the value at hand, or of what stands `below` it. */
export type Fault = (message: string, below?: string) => void;

/** Looks at a value and notes what is wrong with it. Never throws, whatever the value is. */
export type Check = (value: unknown, fault: Fault) => void;

/** The keys of an object, and what each must be. */
export interface Shape {
  required: Readonly<Record<string, Check>>;
  optional: Readonly<Record<string, Check>>;
}

/** Notes keys that are missing, unknown or wrong. Unknown ones are not repeated: they may be anything. */
export function checkShape(value: object, { required, optional }: Shape, fault: Fault): void {
  const known = new Map(Object.entries({ ...required, ...optional }));
  const given = Object.entries(value);
  if (given.some(([key]) => !known.has(key))) fault(`must have no other keys than ${[...known.keys()].join(', ')}`);
  for (const key of Object.keys(required)) if (!Object.hasOwn(value, key)) fault('is needed here', `/${key}`);
  for (const [key, item] of given)
    known.get(key)?.(item, (message, below = '') => {
      fault(message, `/${key}${below}`);
    });
}

export const boolean: Check = rule((value) => typeof value === 'boolean', 'must be true or false');

export const channelType: Check = oneOf(CHANNEL_TYPES);

export const uuid: Check = rule(isUuid, 'must be a UUID in lower case with dashes');

export function oneOf(words: readonly string[]): Check {
  return rule((value) => words.some((word) => word === value), `must be one of ${words.join(', ')}`);
}

export function whole(least: number, most: number): Check {
  const fits = (value: unknown) => Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
  return rule(fits, `must be a whole number from ${least} to ${most}`);
}

/** An object of its own. */
export function shaped(shape: Shape): Check {
  return (value, fault) => {
    if (isObject(value)) checkShape(value, shape, fault);
    else fault('must be an object');
  };
}

export function rule(fits: (value: unknown) => boolean, message: string): Check {
  return (value, fault) => {
    if (!fits(value)) fault(message);
  };
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
