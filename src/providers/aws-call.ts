import type { AwsCredentials } from './aws-account';
import type { HttpRequest, HttpResult } from './http';
import type { Account, ProviderIo } from './provider';

/** What we need of a request that an AWS SDK has built and signed. */
interface SignedRequest {
  method: string;
  protocol: string;
  hostname: string;
  port?: number | undefined;
  path: string;
  query?: Readonly<Record<string, string | string[] | null>> | undefined;
  headers: Record<string, string>;
  body?: unknown;
}

interface SdkResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** What an AWS SDK makes of an answer that is no success: `name` is the code of the service, under one spelling. */
export interface AwsError {
  name: string;
  message: string;
}

/** What came of a call, and what the SDK makes of it. */
export type AwsAnswer<T> =
  | { kind: 'RESPONSE'; answer: Response; output: T | undefined; error: AwsError | undefined }
  | { kind: 'NONE'; answer: Exclude<HttpResult, Response> | undefined; error: AwsError };
type Response = Extract<HttpResult, { kind: 'RESPONSE' }>;

/**
 * One call of an AWS SDK: the SDK builds the request, signs it and reads the answer; the one HTTP client carries it, and
 * its answer is kept here, because the SDK's errors cannot tell "not sent" from "no answer". A new object and a new
 * client per call, so nothing of one tenant can reach another, the SDK's clock correction included.
 */
export class AwsCall {
  private answer: HttpResult | undefined;
  private isSent = false;

  constructor(
    private readonly account: Account<AwsCredentials>,
    private readonly io: ProviderIo,
  ) {}

  /**
   * Configuration of the client. Whatever is not given here, the SDK looks for in the environment, in files of the home
   * directory and at the metadata service of the machine. `maxAttempts` is 1 because a second Publish is a second SMS.
   */
  config() {
    const { accessKeyId, secretAccessKey, sessionToken, region } = this.account.credentials;
    return {
      endpoint: this.account.baseUrl,
      region,
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
      maxAttempts: 1,
      retryMode: 'standard',
      defaultsMode: 'standard' as const,
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
      authSchemePreference: ['sigv4'],
      disableClockSkewCorrection: false,
      /** Signs with the clock that the rest of the application goes by. */
      systemClockOffset: this.io.now().getTime() - Date.now(),
      userAgentAppId: () => Promise.resolve(undefined),
      defaultUserAgentProvider: () => Promise.resolve([['carillon', '1']] as [string, string][]),
      requestHandler: this,
    };
  }

  /** Waits for what the SDK makes of the one request that `send` has it build. */
  async make<T>(send: () => Promise<T>): Promise<AwsAnswer<T>> {
    // The client checks its configuration at once, so `send` may throw as well as reject.
    const settled = await Promise.resolve()
      .then(send)
      .then(
        (output) => ({ output, error: undefined }),
        (error: Error) => ({ output: undefined, error: { name: error.name, message: error.message } }),
      );
    const { answer } = this;
    if (answer?.kind === 'RESPONSE') return { kind: 'RESPONSE', answer, ...settled };
    return {
      kind: 'NONE',
      answer,
      error: settled.error ?? { name: 'Error', message: 'The AWS SDK built no request.' },
    };
  }

  /** Called by the SDK: sends what it built. */
  async handle(request: SignedRequest): Promise<{ response: SdkResponse }> {
    if (this.isSent) throw new Error('The AWS SDK made a second request.');
    this.isSent = true;
    const answer = await this.io.http(httpRequestOf(request));
    this.answer = answer;
    if (answer.kind !== 'RESPONSE') throw new Error(answer.message);
    return { response: { statusCode: answer.status, headers: answer.headers, body: answer.body } };
  }

  /** The SDK wants to be able to change its transport; there is nothing to change. */
  updateHttpClientConfig(): void {}

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}

function httpRequestOf({ method, protocol, hostname, port, path, query, headers, body }: SignedRequest): HttpRequest {
  const search = new URLSearchParams(pairsOf(query)).toString();
  const url = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}${search && `?${search}`}`;
  const request = { url, headers };
  if (method === 'GET') return { ...request, method: 'GET' };
  return { ...request, method: 'POST', body: bodyOf(body) };
}

function bodyOf(body: unknown): string | Buffer {
  if (ArrayBuffer.isView(body)) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  return typeof body === 'string' ? body : '';
}

function pairsOf(query: SignedRequest['query']): [string, string][] {
  return Object.entries(query ?? {}).flatMap(([name, value]) =>
    [value ?? ''].flat().map((each): [string, string] => [name, each]),
  );
}
