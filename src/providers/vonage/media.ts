import { faultOfNoAnswer } from '../faults';
import type { Account, Fault, MediaResult, ProviderIo } from '../provider';
import type { VonageCredentials } from './credentials';
import { sentence, STATUS_CLASSES } from './errors';

/** Vonage keeps what people send on servers of its regions (`api-eu.nexmo.com`). */
const MEDIA_HOST = /^[a-z0-9-]+\.(nexmo|vonage)\.com$/;

/** The most that a call may bring. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Whether the address is one of Vonage's own: only those are fetched. */
export function isMediaAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, port, username } = new URL(address);
  return protocol === 'https:' && port === '' && username === '' && MEDIA_HOST.test(hostname);
}

/**
 * The file under its address, which is secret enough for 48 hours and asks for no key. An account with "Secure Inbound
 * Media" wants the token of an application, which a channel does not have: its files answer 401.
 */
export async function fetchMedia(
  ref: string,
  account: Account<VonageCredentials>,
  io: ProviderIo,
): Promise<MediaResult> {
  if (!isMediaAddress(ref) && !isOfStandIn(ref, account)) return { ok: false, fault: foreignAddress };
  const answer = await io.http({ method: 'GET', url: ref, maxAnswerBytes: MAX_BYTES });
  if (answer.kind !== 'RESPONSE') return { ok: false, fault: faultOfNoAnswer(answer) };

  const { status, headers, body } = answer;
  if (status === 200) {
    return { ok: true, contentType: headers['content-type'] ?? 'application/octet-stream', content: body };
  }
  const faultClass = STATUS_CLASSES[status] ?? 'ambiguous';
  return {
    ok: false,
    fault: { class: faultClass, code: `http_${status}`, message: sentence(undefined, status, account) },
  };
}

/** A stand-in or a proxy that the operator set as base URL serves files by itself. */
function isOfStandIn(address: string, { baseUrl }: Account<VonageCredentials>): boolean {
  if (!URL.canParse(address)) return false;
  const { origin, username } = new URL(address);
  return username === '' && origin === new URL(baseUrl).origin;
}

const foreignAddress: Fault = {
  class: 'config',
  code: 'foreign_media_url',
  message: 'The address of the file is not one of Vonage.',
};
