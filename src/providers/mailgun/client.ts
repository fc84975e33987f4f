import Mailgun from 'mailgun.js';
import type { HttpRequest, HttpResult } from '../http';
import { encodeMultipart, type FormPart } from '../multipart';
import type { Account, ProviderIo } from '../provider';
import type { MailgunCredentials } from './credentials';

type SdkClient = ReturnType<Mailgun['client']>;
/** Either FormData; of theirs the SDK calls only what FormParts has. */
type FormDataClass = ConstructorParameters<typeof Mailgun>[0];

/** A message as the SDK takes it: the fields of the API by their own names. */
export type MailData = Parameters<SdkClient['messages']['create']>[1];

/**
 * Has the SDK build the form and hands it to the one HTTP client: the SDK's own knows no difference between a call that was
 * not sent and one whose answer is missing, and hides the headers of an answer. A new SDK object per mail, so nothing of one
 * mail can reach another. Throws only when the SDK refuses the mail, before anything was sent.
 */
export async function post(mail: MailData, account: Account<MailgunCredentials>, io: ProviderIo): Promise<HttpResult> {
  const client = new Mailgun(FormParts as unknown as FormDataClass).client({
    username: 'api',
    key: account.credentials.apiKey,
  });
  let answer: HttpResult | undefined;
  client.request.request = async (_method, path, options) => {
    if (!(options?.body instanceof FormParts)) throw new Error('The Mailgun SDK built no form.');
    const { contentType, body } = encodeMultipart(options.body.parts);
    const { url, headers } = authorised(account, path);
    answer = await io.http({ method: 'POST', url, headers: { ...headers, 'content-type': contentType }, body });
    // The SDK only hands this back to our own call below, which reads `answer`.
    return { status: 0, body: {} };
  };
  await client.messages.create(account.credentials.domain, mail);

  if (!answer) throw new Error('The Mailgun SDK built no request.');
  return answer;
}

/** Asks the API; `maxAnswerBytes` where an answer may be long. */
export function get(
  path: string,
  account: Account<MailgunCredentials>,
  io: ProviderIo,
  maxAnswerBytes?: number,
): Promise<HttpResult> {
  const request = { method: 'GET' as const, ...authorised(account, path) };
  return io.http(maxAnswerBytes === undefined ? request : { ...request, maxAnswerBytes });
}

function authorised(
  { baseUrl, credentials }: Account<MailgunCredentials>,
  path: string,
): Required<Pick<HttpRequest, 'url' | 'headers'>> {
  const authorization = `Basic ${Buffer.from(`api:${credentials.apiKey}`).toString('base64')}`;
  return { url: baseUrl.replace(/\/+$/, '') + path, headers: { authorization, accept: 'application/json' } };
}

/**
 * What the SDK fills in place of a FormData. It gives a file's bytes and type only to a class with `getHeaders`, as that of
 * the package form-data; to a FormData of the platform it gives a Blob without a type.
 */
class FormParts {
  readonly parts: FormPart[] = [];

  append(name: string, value: string | Buffer, file?: { filename?: string; contentType?: string }): void {
    if (typeof value === 'string') this.parts.push({ name, value });
    else
      this.parts.push({
        name,
        filename: file?.filename ?? 'file',
        contentType: file?.contentType ?? 'application/octet-stream',
        content: value,
      });
  }

  getHeaders(): Record<string, string> {
    return {};
  }
}
