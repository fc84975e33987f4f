import { SEES_PEOPLE } from '../permissions/personal-data/raw';
import { channelTypesOf, type Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import { permissionsFor } from './event-filter';

/** What an endpoint may be told, as channel types; null: every one. */
export interface EndpointRights {
  /** Whose messages and sessions. */
  messageTypes: string[] | null;
  /** On which personal data. */
  piiTypes: string[] | null;
}

/**
 * What whoever sets an address may have it told: no more than they may read themselves. It is decided once, as the endpoint goes
 * on being called when they have left. Throws Problem 403 where they may read nothing of what the filter lets through.
 */
export function rightsOf(caller: Caller, filter: readonly string[]): EndpointRights {
  const wanted = permissionsFor(filter);
  const missing = wanted.find((permission) => channelTypesOf(caller, permission)?.length === 0);
  if (missing !== undefined)
    throw Problem.forbidden(`To be told of these events takes the permission ${missing}, which this caller lacks.`);
  const readable = wanted.includes('messages:read') ? channelTypesOf(caller, 'messages:read') : null;
  return {
    messageTypes: both(readable, caller.channelTypes),
    piiTypes: copied(channelTypesOf(caller, SEES_PEOPLE)),
  };
}

function both(a: readonly string[] | null, b: readonly string[] | null): string[] | null {
  if (a === null) return copied(b);
  return b === null ? [...a] : a.filter((type) => b.includes(type));
}

const copied = (types: readonly string[] | null): string[] | null => types && [...types];
