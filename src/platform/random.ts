import { randomFillSync } from 'node:crypto';

const pool = Buffer.alloc(4096);
let used = pool.length;

/**
 * Up to 64 random bytes, out of a pool that is filled 4 KiB at a time: each call to the system for them costs microseconds.
 * Valid until the next call. For ids, not for secrets.
 */
export function randomBits(length: number): Buffer {
  if (used + length > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return pool.subarray(used, (used += length));
}
