import { readJsonObject } from '../json';
import type { Account, Money, ProviderIo } from '../provider';
import { TwilioCall } from './client';
import { costOf } from './cost';
import type { TwilioCredentials } from './credentials';

/** GET …/Messages/{Sid}.json: Twilio sets the price some time after the message has ended, and never tells it by webhook. */
export async function price(
  sid: string,
  account: Account<TwilioCredentials>,
  io: ProviderIo,
): Promise<Money | 'LATER' | undefined> {
  const call = new TwilioCall(account, io);
  await call.make((client) => client.messages(sid).fetch()).catch(() => undefined); // read from the answer itself
  const { answer } = call;
  if (answer?.kind !== 'RESPONSE' || answer.status === 429 || answer.status >= 500) return 'LATER';
  if (answer.status !== 200) return undefined; // deleted there, or not this account's
  return costOf(readJsonObject(answer.body) ?? {}) ?? 'LATER';
}
