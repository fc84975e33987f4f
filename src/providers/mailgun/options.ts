import type { Account } from '../provider';

type Options = Record<string, string | string[]>;

/**
 * Options of the channel's settings: `tags` (a list), `tracking` (true, false or "htmlonly") and `requireTls`. What is not set is
 * left to the domain's own configuration.
 */
export function optionsOf({ tags, tracking, requireTls }: Account['settings']): Options {
  const names = Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string' && tag !== '') : [];
  return {
    ...(names.length > 0 && { 'o:tag': names }),
    ...(tracking === 'htmlonly' && { 'o:tracking': tracking }),
    ...(typeof tracking === 'boolean' && { 'o:tracking': yesOrNo(tracking) }),
    ...(typeof requireTls === 'boolean' && { 'o:require-tls': yesOrNo(requireTls) }),
  };
}

const MINUTE_MS = 60_000;
const SHORTEST_MINUTES = 5;
const LONGEST_MINUTES = 24 * 60;

/**
 * How long Mailgun may try: 5 minutes to 24 hours (`o:deliver-within`). It tries for some 8 hours by itself, so a later end
 * needs no option.
 */
export function timeLimitOf(expiresAt: Date | undefined, now: Date): Options {
  if (!expiresAt) return {};
  const minutes = Math.max(SHORTEST_MINUTES, Math.floor((expiresAt.getTime() - now.getTime()) / MINUTE_MS));
  if (minutes > LONGEST_MINUTES) return {};
  return { 'o:deliver-within': `${Math.floor(minutes / 60)}h${minutes % 60}m` };
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
