import { Injectable } from '@nestjs/common';
import { EgressFault } from '../platform/egress/egress-fault';
import { EVENT, GuardedClient } from '../platform/egress/guarded-client';

const ANSWER_BYTES = 1024;

/** A signed call that is ready to be made. */
export interface ReadyCall {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** What came of a call: a status code, or why there is none. */
export interface CallResult {
  statusCode: number | null;
  /** not_allowed, timeout, unreachable. */
  fault: string | null;
  /** The beginning of what was answered. */
  answer: string | null;
  /** The header, as it came. */
  retryAfter: string | undefined;
  durationMs: number;
}

/** Makes one call, through the client that reaches no internal network. */
@Injectable()
export class DeliveryCall {
  constructor(private readonly client: GuardedClient) {}

  /** Never throws. `signal` ends it, as a timeout would. */
  async make({ url, headers, body }: ReadyCall, signal: AbortSignal): Promise<CallResult> {
    const begun = performance.now();
    const result = await this.attempt({ url, headers, body }, signal);
    return { ...result, durationMs: Math.round(performance.now() - begun) };
  }

  private async attempt(
    { url, headers, body }: ReadyCall,
    signal: AbortSignal,
  ): Promise<Omit<CallResult, 'durationMs'>> {
    try {
      const request = { url, method: 'POST' as const, headers: { ...CONTENT, ...headers }, body, signal };
      const answer = await this.client.fetch(request, EVENT);
      const retryAfter = answer.headers['retry-after'];
      return { statusCode: answer.status, fault: null, answer: await beginningOf(answer.body), retryAfter };
    } catch (error) {
      const fault = error instanceof EgressFault ? error.why : 'unreachable';
      return { statusCode: null, fault, answer: null, retryAfter: undefined };
    }
  }
}

const CONTENT = { 'content-type': 'application/json', 'user-agent': 'Carillon-Webhooks' };

/** The first kilobyte, as text that can be stored. The status has come: what becomes of the rest changes nothing. */
async function beginningOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= ANSWER_BYTES) break; // which also closes the connection
    }
  } catch {
    // cut off: what there is of it is kept
  }
  const text = Buffer.concat(chunks).subarray(0, ANSWER_BYTES).toString();
  return text.replaceAll('\0', '').toWellFormed();
}
