import { resultOf, resultOfNoAnswer, safeMessage, unreadableAnswer } from '../faults';
import { readJsonObject, textOf, type JsonObject } from '../json';
import type { HttpResult } from '../http';
import type { Account, OutboundMessage, ProviderIo, SendResult } from '../provider';
import { retryAfterMs } from '../retry-after';
import { countSmsParts } from '../sms-parts';
import { TwilioCall } from './client';
import { costOf } from './cost';
import type { TwilioCredentials } from './credentials';
import { faultOfAnswer, faultOfCode } from './errors';
import { parametersOf } from './parameters';

/** POST …/Messages.json. What Twilio answered is read from the call itself, not from what the SDK makes of it. */
export async function send(
  message: OutboundMessage,
  account: Account<TwilioCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  const call = new TwilioCall(account, io);
  const error = await call
    .make((client) => client.messages.create(parametersOf(message, account, io.now())))
    .then(
      () => undefined,
      (reason: Error) => reason,
    );
  const { answer } = call;
  if (!answer) return refusedBySdk(error, account);
  if (answer.kind !== 'RESPONSE') return resultOfNoAnswer(answer);
  if (answer.status >= 200 && answer.status < 300) return accepted(answer, message);
  return resultOf(faultOfAnswer(answer.status, answer.body, account), retryAfterMs(answer.headers, io.now()));
}

function accepted({ status, body }: Extract<HttpResult, { kind: 'RESPONSE' }>, message: OutboundMessage): SendResult {
  const resource = readJsonObject(body) ?? {};
  const sid = textOf(resource, 'sid');
  if (sid === undefined || !/^[SM]M[0-9a-fA-F]{32}$/.test(sid)) return unreadableAnswer(status);

  const { status: state, error_code: code } = resource;
  if (state === 'failed') return resultOf(faultOfCode(typeof code === 'number' ? String(code) : 'failed'));
  const parts = partsOf(resource, message);
  const cost = costOf(resource);
  return { outcome: 'ACCEPTED', providerMessageId: sid, ...(parts !== undefined && { parts }), ...(cost && { cost }) };
}

/** `num_segments` is "0" while a Messaging Service has not chosen a sender; then, and without it, our own count. */
function partsOf(resource: JsonObject, { channelType, content }: OutboundMessage): number | undefined {
  if (channelType !== 'SMS') return undefined;
  const reported = Number(textOf(resource, 'num_segments') ?? 0);
  if (Number.isInteger(reported) && reported > 0) return reported;
  return content.media || content.template ? undefined : countSmsParts(content.text ?? '');
}

function refusedBySdk(error: Error | undefined, account: Account<TwilioCredentials>): SendResult {
  const message = safeMessage(error?.message ?? 'The Twilio SDK built no request.', account);
  return resultOf({ class: 'config', code: 'refused_by_sdk', message });
}
