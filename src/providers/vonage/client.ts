import { Vonage } from '@vonage/server-sdk';
import type { HttpResult } from '../http';
import type { Account, ProviderIo } from '../provider';
import type { VonageCredentials } from './credentials';

/** What the SDK's `messages.send` takes. */
export type MessageParameters = Parameters<Vonage['messages']['send']>[0];

/**
 * Has the SDK build a request of the Messages API and hands it to the one HTTP client: the SDK's own, a bare `fetch`, loses
 * the headers of the answer and the difference between "not sent" and "no answer". A new SDK object per message, so nothing
 * of one can reach another. Throws only when the SDK refuses the message, before anything was sent.
 */
export async function post(
  parameters: MessageParameters,
  account: Account<VonageCredentials>,
  io: ProviderIo,
): Promise<HttpResult> {
  const call: { answer?: HttpResult } = {};
  const { messages } = new Vonage(NO_CREDENTIALS, { apiHost: account.baseUrl.replace(/\/+$/, '') });
  messages.sendRequest = async ({ url, data }) => {
    const headers = { authorization: basicAuthorization(account), 'content-type': 'application/json' };
    call.answer = await io.http({ method: 'POST', url, headers, body: JSON.stringify(data) });
    throw new Answered();
  };
  await messages.send(parameters).catch((error: unknown) => {
    if (!(error instanceof Answered)) throw error;
  });
  if (!call.answer) throw new Error('The Vonage SDK built no request.');
  return call.answer;
}

/** The key and secret of the account, which the Messages API takes as it takes a signed token. */
export function basicAuthorization({ credentials }: Account<VonageCredentials>): string {
  return `Basic ${Buffer.from(`${credentials.apiKey}:${credentials.apiSecret}`).toString('base64')}`;
}

/** Stops the SDK where its own transport would read the answer: that is done by us. */
class Answered extends Error {}

const unused = (): Promise<never> => Promise.reject(new Error('The SDK authorises nothing.'));

/** The SDK's own object reads a file when a private key happens to be the name of one, and logs what it holds. */
const NO_CREDENTIALS = {
  getQueryParams: unused,
  createSignatureHash: unused,
  createBasicHeader: unused,
  createBearerHeader: unused,
};
