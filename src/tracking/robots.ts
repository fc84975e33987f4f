import type { IncomingHttpHeaders } from 'node:http';
import { isbot } from 'isbot';

/** Headers with which browsers and mailboxes say that nobody has asked for the page yet. */
const AHEAD_OF_TIME = ['purpose', 'sec-purpose', 'x-purpose', 'x-moz'] as const;
const AHEAD_WORDS = /prefetch|prerender|preview/i;

/**
 * Whether a request says of itself that it is no person's: a robot's name, no name at all, a page fetched in advance. The mailboxes
 * that fetch every picture themselves (Apple's privacy protection, Gmail, Yahoo) are among the names.
 */
export function isMachine(headers: IncomingHttpHeaders): boolean {
  const userAgent = headers['user-agent'];
  if (userAgent === undefined || userAgent.trim() === '' || isbot(userAgent)) return true;
  return AHEAD_OF_TIME.some((name) => AHEAD_WORDS.test(String(headers[name] ?? '')));
}
