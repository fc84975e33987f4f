import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';

/** Nobody gives away more than they have. Throws Problem 403 naming the first permission that the caller lacks. */
export function assertMayGrant({ scopes }: Caller, granted: readonly string[]): void {
  if (scopes.includes('*')) return;
  const missing = granted.find((permission) => !scopes.includes(permission));
  if (missing !== undefined) throw Problem.forbidden(`This key lacks the permission ${missing}, so it cannot give it.`);
}
