import { OWN_EVENT_TYPES } from '../events/event-types';

export const DISABLED_EVENT = 'webhook_endpoint.disabled';
/** Sent on request only, whatever the filter says. */
export const TEST_EVENT = 'webhook_endpoint.test';

/** What endpoints can be told of. */
const TYPES: readonly string[] = [...OWN_EVENT_TYPES, DISABLED_EVENT];

/** What a filter may be made of: a type, all types with the same first word, or everything. */
export const FILTER_WORDS: readonly string[] = ['*', ...new Set(TYPES.map(familyOf)), ...TYPES];

/** The permission to read what the types of a family are about. */
export const READ_BY: Readonly<Record<string, string>> = {
  message: 'messages:read',
  session: 'messages:read',
  contact: 'contacts:read',
};

/** The types that a filter lets through. */
export function typesOf(filter: readonly string[]): string[] {
  return TYPES.filter((type) => ['*', familyOf(type), type].some((word) => filter.includes(word)));
}

/** Permissions that it takes to read everything that a filter lets through. */
export function permissionsFor(filter: readonly string[]): string[] {
  const wanted = typesOf(filter).flatMap((type) => READ_BY[firstWord(type)] ?? []);
  return [...new Set(wanted)];
}

function familyOf(type: string): string {
  return `${firstWord(type)}.*`;
}

function firstWord(type: string): string {
  return type.slice(0, type.indexOf('.'));
}
