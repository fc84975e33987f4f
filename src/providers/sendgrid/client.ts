import { Client } from '@sendgrid/client';
import { MailService, type MailDataRequired } from '@sendgrid/mail';
import type { HttpRequest, HttpResult } from '../http';
import type { Account, ProviderIo } from '../provider';
import type { SendgridCredentials } from './credentials';

type SdkRequest = Parameters<Client['request']>[0];
type SdkAnswer = Awaited<ReturnType<Client['request']>>;

/**
 * Has the SDK build the request and hands it to the one HTTP client: the SDK's own knows no difference between a call that
 * was not sent and one whose answer is missing. A new SDK object per mail, so nothing of one mail can reach another.
 * Throws only when the SDK refuses the mail, before anything was sent.
 */
export async function post(
  mail: MailDataRequired,
  account: Account<SendgridCredentials>,
  io: ProviderIo,
): Promise<HttpResult> {
  const client = new EgressClient(account, io);
  const service = new MailService();
  service.setClient(client);
  await service.send(mail);

  if (!client.answer) throw new Error('The SendGrid SDK built no request.');
  return client.answer;
}

/** A call to SendGrid's API with the channel's key. */
export function authorised(
  { baseUrl, credentials }: Account<SendgridCredentials>,
  { method, path, body }: { method: HttpRequest['method']; path: string; body?: string },
): HttpRequest {
  const headers = { authorization: `Bearer ${credentials.apiKey}`, accept: 'application/json' };
  const url = baseUrl.replace(/\/+$/, '') + path;
  if (body === undefined) return { method, url, headers };
  return { method, url, headers: { ...headers, 'content-type': 'application/json' }, body };
}

class EgressClient extends Client {
  answer: HttpResult | undefined;

  constructor(
    private readonly account: Account<SendgridCredentials>,
    private readonly io: ProviderIo,
  ) {
    super();
  }

  override async request({ url, body }: SdkRequest): Promise<SdkAnswer> {
    const request = { method: 'POST' as const, path: url, body: JSON.stringify(body) };
    this.answer = await this.io.http(authorised(this.account, request));
    // The SDK only hands this back to our own call above, which reads `answer`.
    return [{ statusCode: 0, body: {}, headers: {} }, {}];
  }
}
