import { resultOf, resultOfNoAnswer, unreadableAnswer } from '../faults';
import { isJsonObject, readJsonObject } from '../json';
import type { Account, CheckResult, OutboundMessage, ProviderIo, SendResult } from '../provider';
import { retryAfterMs } from '../retry-after';
import type { HttpGatewayCredentials } from './credentials';
import { faultOfAnswer } from './errors';
import { requestOf } from './request';

/** One call to the gateway for one message. */
export async function send(
  message: OutboundMessage,
  account: Account<HttpGatewayCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  const built = requestOf(message, account, io);
  if ('fault' in built) return resultOf(built.fault);

  const answer = await io.http(built.request);
  if (answer.kind !== 'RESPONSE') return resultOfNoAnswer(answer);
  const { status, headers, body } = answer;
  if (status >= 200 && status < 300) return accepted(status, body, account.credentials.idField);
  return resultOf(faultOfAnswer(status, body, account.credentials), retryAfterMs(headers, io.now()));
}

/** Nothing can be asked of a gateway without sending, so this says only whether a message could be sent to it. */
export function check(account: Account<HttpGatewayCredentials>, io: ProviderIo): Promise<CheckResult> {
  const { channelType, from } = account;
  const message = {
    channelType,
    messageType: 'TEXT',
    to: from,
    content: { text: 'x', subject: 'x' },
    ...NOBODYS,
  } as const;
  const built = requestOf(message, account, io);
  return Promise.resolve('fault' in built ? { ok: false, fault: built.fault } : { ok: true });
}

const NOBODYS = { messageId: '', ref: '', purpose: 'TRANSACTIONAL' } as const;

/** Where no id was promised, the status is all there is; where one was, an answer without it is not the gateway's. */
function accepted(status: number, body: Buffer, idField: string | undefined): SendResult {
  if (idField === undefined) return { outcome: 'ACCEPTED' };
  const id = idField.split('.').reduce(memberOf, readJsonObject(body));
  const providerMessageId = idOf(id);
  return providerMessageId === undefined ? unreadableAnswer(status) : { outcome: 'ACCEPTED', providerMessageId };
}

function memberOf(value: unknown, name: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** A string, or a whole number that JSON.parse has kept exactly: one digit less would be the id of another message. */
export function idOf(value: unknown): string | undefined {
  const id = Number.isSafeInteger(value) ? String(value) : value;
  return typeof id === 'string' && id !== '' && id.length <= 200 ? id : undefined;
}
