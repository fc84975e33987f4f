import { faultOfNoAnswer, resultOf } from '../faults';
import { readJsonObject, textOf } from '../json';
import { encodeMultipart } from '../multipart';
import type { Account, Attachment, ProviderIo, SendResult } from '../provider';
import { authorisation, urlOf } from './api';
import type { WhatsappCredentials } from './credentials';
import { faultOfAnswer, waitOf } from './errors';

const UPLOAD_MS = 12_000;

/**
 * POST <phone number id>/media. Nobody has been written to when it fails, so a message never comes into doubt through it:
 * what is unclear about an upload is that it may be done again.
 */
export async function upload(
  { filename, contentType, content }: Attachment,
  account: Account<WhatsappCredentials>,
  io: ProviderIo,
): Promise<SendResult | { mediaId: string }> {
  const form = encodeMultipart([
    { name: 'messaging_product', value: 'whatsapp' },
    { name: 'file', filename, contentType, content },
  ]);
  const answer = await io.http({
    method: 'POST',
    url: urlOf(account, `${account.credentials.phoneNumberId}/media`),
    headers: { ...authorisation(account), 'content-type': form.contentType },
    body: form.body,
    timeoutMs: UPLOAD_MS,
  });
  if (answer.kind !== 'RESPONSE') return notSent(faultOfNoAnswer(answer));

  const mediaId = textOf(readJsonObject(answer.body) ?? {}, 'id');
  if (answer.status >= 200 && answer.status < 300 && mediaId !== undefined) return { mediaId };
  const fault = faultOfAnswer(answer.status, answer.body, account);
  return fault.class === 'ambiguous' ? notSent(fault) : resultOf(fault, waitOf(answer.headers, io.now()));
}

function notSent({ code, message }: { code: string; message: string }): SendResult {
  return {
    outcome: 'NOT_SENT',
    fault: { class: 'transient', code, message: `The upload failed: ${message}`.slice(0, 500) },
  };
}
