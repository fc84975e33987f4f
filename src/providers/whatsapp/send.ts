import { resultOf, resultOfNoAnswer, unreadableAnswer } from '../faults';
import type { HttpResult } from '../http';
import { readJsonObject, textOf } from '../json';
import type { Account, OutboundMessage, ProviderIo, SendResult } from '../provider';
import { postRequest } from './api';
import type { WhatsappCredentials } from './credentials';
import { faultOfAnswer, waitOf } from './errors';
import { objectsOf } from './members';
import { payloadOf } from './message';
import { refuseWithFiles } from './refuse';
import { upload } from './upload';

/** Of the time of one call, so much is left for the message once a file has been uploaded. */
const AFTER_UPLOAD_MS = 8_000;

/** POST <phone number id>/messages; a file without a link is uploaded before, for there is no other way to send it. */
export async function send(
  message: OutboundMessage,
  account: Account<WhatsappCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  const [file] = message.content.attachments ?? [];
  if (!file) return post(payloadOf(message, account.settings), account, io);

  const [refusal] = refuseWithFiles(message);
  if (refusal) return resultOf({ class: 'content', code: 'refused_before_sending', message: refusal.message });
  const uploaded = await upload(file, account, io);
  if ('outcome' in uploaded) return uploaded;
  return post(payloadOf(message, account.settings, uploaded.mediaId), account, io, AFTER_UPLOAD_MS);
}

async function post(
  payload: object,
  account: Account<WhatsappCredentials>,
  io: ProviderIo,
  timeoutMs?: number,
): Promise<SendResult> {
  const request = postRequest(account, `${account.credentials.phoneNumberId}/messages`, payload);
  const answer = await io.http({ ...request, ...(timeoutMs !== undefined && { timeoutMs }) });
  if (answer.kind !== 'RESPONSE') return resultOfNoAnswer(answer);
  return (
    accepted(answer) ?? resultOf(faultOfAnswer(answer.status, answer.body, account), waitOf(answer.headers, io.now()))
  );
}

/** Undefined when the answer is an error, which Meta may also send with a status of success. */
function accepted({ status, body }: Extract<HttpResult, { kind: 'RESPONSE' }>): SendResult | undefined {
  const answer = readJsonObject(body) ?? {};
  if (status < 200 || status >= 300 || answer['error'] !== undefined) return undefined;
  const providerMessageId = objectsOf(answer, 'messages').map((message) => textOf(message, 'id'))[0];
  return providerMessageId === undefined ? unreadableAnswer(status) : { outcome: 'ACCEPTED', providerMessageId };
}
