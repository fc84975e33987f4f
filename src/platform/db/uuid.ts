import { randomBits } from '../random';

let lastMs = 0;
let counter = 0;

/** UUID version 7 (RFC 9562, 5.7): sorts by time; within one millisecond and process a 12-bit counter keeps the order. */
export function uuidv7(now = Date.now()): string {
  const bits = randomBits(10);
  if (now > lastMs) {
    lastMs = now;
    counter = bits.readUInt16BE(0) & 0x7ff; // upper half left free, so that the counter has room to grow
  } else if (++counter > 0xfff) {
    lastMs++;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, '0');
  const variant = ((bits.readUInt16BE(2) & 0x3fff) | 0x8000).toString(16);
  const tail = bits.toString('hex', 4, 10);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}-${tail}`;
}
