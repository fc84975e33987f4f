/**
 * The wait that an answer asks for, in milliseconds, never negative: `Retry-After` as seconds or as an HTTP date
 * (RFC 9110, 10.2.3), else `X-RateLimit-Reset` as an epoch in seconds; undefined when neither is there or readable.
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, now: Date): number | undefined {
  const after = headers['retry-after'];
  if (after !== undefined) return secondsOf(after) ?? untilDate(after, now);

  const reset = secondsOf(headers['x-ratelimit-reset'] ?? '');
  return reset === undefined ? undefined : Math.max(0, reset - now.getTime());
}

function secondsOf(value: string): number | undefined {
  return /^\d{1,12}$/.test(value.trim()) ? Number(value) * 1000 : undefined;
}

/** Date.parse is generous ("-5" is a date to it), so the day of the week must be there. */
function untilDate(value: string, now: Date): number | undefined {
  const at = /^[A-Z][a-z]{2,8}, /.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
