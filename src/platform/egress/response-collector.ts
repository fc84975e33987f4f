import type { Dispatcher } from 'undici';

/**
 * What came of a call. NOT_SENT: no byte of the request was written, so it may be repeated freely. IN_DOUBT: bytes were
 * written and no whole, readable answer came back, so the other side may have acted on it. `message` holds neither
 * address nor credential.
 */
export type EgressResult =
  | { kind: 'RESPONSE'; status: number; headers: Record<string, string>; body: Buffer }
  | { kind: 'NOT_SENT'; code: string; message: string }
  | { kind: 'IN_DOUBT'; code: string; message: string };

type Headers = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

/**
 * Follows one call through undici and answers exactly once. undici calls onRequestStart when the connection stands and
 * directly before it writes the first byte: a call that ends before that was not sent, one that ends later is in doubt.
 */
export class ResponseCollector implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private status = 0;
  private headers: Record<string, string> = {};
  private readonly chunks: Buffer[] = [];
  private received = 0;
  private settled = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    timeoutMs: number,
    private readonly maxBytes: number,
    private readonly resolve: (result: EgressResult) => void,
  ) {
    this.timer = setTimeout(() => this.fail('timeout'), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.settled) {
      controller.abort(new Error('timeout'));
      return;
    }
    this.controller = controller;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    this.status = status;
    this.headers = flatten(headers);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.received += chunk.length;
    if (this.received > this.maxBytes) this.fail('UND_ERR_RES_EXCEEDED_MAX_SIZE');
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.settle({ kind: 'RESPONSE', status: this.status, headers: this.headers, body: Buffer.concat(this.chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.fail(codeOf(error));
  }

  private fail(code: string): void {
    const { controller } = this;
    if (controller) this.settle({ kind: 'IN_DOUBT', code, message: `No readable answer came back (${code}).` });
    else this.settle({ kind: 'NOT_SENT', code, message: `The request was not sent (${code}).` });
    controller?.abort(new Error(code));
  }

  private settle(result: EgressResult): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    this.resolve(result);
  }
}

function flatten(headers: Headers): Record<string, string> {
  const pairs = Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]);
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

function codeOf(error: Error): string {
  if ('code' in error && typeof error.code === 'string' && error.code !== '') return error.code;
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return codeOf(error.errors[0]);
  return error.name;
}
