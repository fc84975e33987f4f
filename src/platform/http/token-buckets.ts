import { Problem } from './problem';

export interface BucketOptions {
  /** What a bucket holds when it is full. */
  capacity: number;
  /** What flows in each second. */
  perSecond: number;
  /** Most buckets remembered at a time; the one that was used longest ago is forgotten for a new one. */
  maxKeys?: number;
  /** Milliseconds from any fixed point, never going back. */
  now?: () => number;
}

/** A bucket of tokens a key. Things may cost differently, so that what guesses runs dry long before what knows. */
export class TokenBuckets {
  /** In the order of their last use. */
  private readonly buckets = new Map<string, { tokens: number; at: number }>();
  private readonly options: Required<BucketOptions>;

  constructor(options: BucketOptions) {
    this.options = { maxKeys: 10_000, now: () => performance.now(), ...options };
  }

  /** Throws Problem 429 while the bucket is empty; else takes the cost out of it, into debt if need be. */
  take(key: string, cost: number): void {
    const { capacity, perSecond, now } = this.options;
    const at = now();
    const before = this.buckets.get(key) ?? { tokens: capacity, at };
    const tokens = Math.min(capacity, before.tokens + ((at - before.at) / 1000) * perSecond);
    this.buckets.delete(key);
    this.makeRoom();
    this.buckets.set(key, { tokens: tokens > 0 ? tokens - cost : tokens, at });
    if (tokens <= 0) throw Problem.rateLimited(Math.max(1, Math.ceil(-tokens / perSecond)));
  }

  private makeRoom(): void {
    if (this.buckets.size < this.options.maxKeys) return;
    const [oldest] = this.buckets.keys();
    if (oldest !== undefined) this.buckets.delete(oldest);
  }
}
