import type { IncomingMessage } from 'node:http';
import { Problem } from './problem';

/** Up to this many times the limit, a body that is too long is read to its end, so that the caller can read the answer. */
const DRAIN_FACTOR = 2;

/**
 * The whole body of a request.
 * @throws Problem payload_too_large beyond `limitBytes`, invalid_request when the caller stops in the middle
 */
export function collectBody(payload: IncomingMessage, limitBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const tooLarge = () => reject(Problem.payloadTooLarge(limitBytes));
    if (Number(payload.headers['content-length']) > limitBytes * DRAIN_FACTOR) return tooLarge();

    const chunks: Buffer[] = [];
    let length = 0;
    payload.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limitBytes) chunks.push(chunk);
      else if (length > limitBytes * DRAIN_FACTOR) tooLarge();
    });
    payload.on('end', () => (length > limitBytes ? tooLarge() : resolve(Buffer.concat(chunks, length))));
    payload.on('error', () => reject(Problem.invalidRequest('The body was not complete.')));
  });
}
