/** A call to a provider's API. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE' | 'PUT';
  url: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  /** Whole call, from connect to the last byte; default 20 s. */
  timeoutMs?: number;
  /** Longest answer that is read, in bytes; default 1 MiB, most 32 MiB. */
  maxAnswerBytes?: number;
}

/**
 * What came of an HTTP call. NOT_SENT: no byte of the request can have reached the provider (name not resolved, refused,
 * TLS failed). IN_DOUBT: bytes were written and no whole, readable answer came back.
 */
export type HttpResult =
  | { kind: 'RESPONSE'; status: number; headers: Record<string, string>; body: Buffer }
  | { kind: 'NOT_SENT'; code: string; message: string }
  | { kind: 'IN_DOUBT'; code: string; message: string };
