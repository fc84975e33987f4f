import { Problem } from './problem';

export interface RateLimitOptions {
  /** Requests that one key may make in a window, at least 1. */
  quota: number;
  /** Length of a window in whole seconds. */
  windowSeconds: number;
  /** Most keys remembered at a time, 10 000 unless set; the one whose window opened first is forgotten for a new one. */
  maxKeys?: number;
  /** Milliseconds from any fixed point, never going back. */
  now?: () => number;
}

interface Window {
  openedAt: number;
  used: number;
}

/**
 * Counts requests per key in fixed windows that open with a key's first request. It lives in this process: with n processes
 * a key may make up to n times the quota.
 */
export class RateLimiter {
  /** In the order in which the windows opened, so the first is always the next to close. */
  private readonly windows = new Map<string, Window>();
  private readonly policy: string;

  private readonly options: Required<RateLimitOptions>;

  constructor(options: RateLimitOptions) {
    this.options = { maxKeys: 10_000, now: () => performance.now(), ...options };
    this.policy = `"default";q=${options.quota};w=${options.windowSeconds}`;
  }

  /**
   * Counts one request of the key. Answers the headers of draft-ietf-httpapi-ratelimit-headers: the policy, and what is left
   * of it for how many seconds.
   * @throws Problem rate_limited, with the same headers, when the quota is used up
   */
  take(key: string): Record<string, string> {
    const { quota, windowSeconds, now } = this.options;
    const at = now();
    const window = this.windowOf(key, at);
    const secondsLeft = Math.max(1, Math.ceil((window.openedAt + windowSeconds * 1000 - at) / 1000));

    const isExceeded = window.used >= quota;
    if (!isExceeded) window.used++;
    const headers = {
      'RateLimit-Policy': this.policy,
      RateLimit: `"default";r=${quota - window.used};t=${secondsLeft}`,
    };
    if (isExceeded) throw Problem.rateLimited(secondsLeft, headers);
    return headers;
  }

  private windowOf(key: string, at: number): Window {
    const current = this.windows.get(key);
    if (current && at < current.openedAt + this.options.windowSeconds * 1000) return current;

    const opened = { openedAt: at, used: 0 };
    this.windows.delete(key);
    this.makeRoom();
    this.windows.set(key, opened);
    return opened;
  }

  private makeRoom(): void {
    if (this.windows.size < this.options.maxKeys) return;
    const [oldest] = this.windows.keys();
    if (oldest !== undefined) this.windows.delete(oldest);
  }
}
