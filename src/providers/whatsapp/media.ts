import { faultOfNoAnswer } from '../faults';
import { readJsonObject, textOf } from '../json';
import type { Account, Fault, MediaResult, ProviderIo } from '../provider';
import { authorisation, DEFAULT_BASE_URL, getRequest } from './api';
import type { WhatsappCredentials } from './credentials';
import { faultOfAnswer } from './errors';
import { numberOf } from './members';

/** Where Meta keeps what people send; the token goes nowhere else. */
const MEDIA_HOSTS = ['lookaside.fbsbx.com'];

/** The most that a call may bring. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Asks where the file is, which is told for five minutes, and then for the file. */
export async function fetchMedia(
  ref: string,
  account: Account<WhatsappCredentials>,
  io: ProviderIo,
): Promise<MediaResult> {
  const { phoneNumberId } = account.credentials;
  const place = await io.http(getRequest(account, `${encodeURIComponent(ref)}?phone_number_id=${phoneNumberId}`));
  if (place.kind !== 'RESPONSE') return failed(faultOfNoAnswer(place));
  if (place.status !== 200) return failed(faultOfAnswer(place.status, place.body, account));

  const about = readJsonObject(place.body) ?? {};
  const url = textOf(about, 'url') ?? '';
  if (!mayAsk(url, account)) return failed(refusedUrl);
  if ((numberOf(about, 'file_size') ?? 0) > MAX_BYTES) return failed(tooLarge);

  const file = await io.http({ method: 'GET', url, headers: authorisation(account), maxAnswerBytes: MAX_BYTES });
  if (file.kind !== 'RESPONSE') return failed(faultOfNoAnswer(file));
  if (file.status !== 200) return failed(faultOfAnswer(file.status, file.body, account));
  const contentType = textOf(about, 'mime_type') ?? file.headers['content-type'] ?? 'application/octet-stream';
  return { ok: true, contentType, content: file.body };
}

/** Meta's own hosts, or that of another base URL which the operator set: a stand-in or a proxy serves files by itself. */
function mayAsk(url: string, { baseUrl }: Account<WhatsappCredentials>): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname, port, origin } = new URL(url);
  if (protocol === 'https:' && port === '' && MEDIA_HOSTS.includes(hostname)) return true;
  const base = new URL(baseUrl).origin;
  return base !== DEFAULT_BASE_URL && origin === base;
}

const refusedUrl: Fault = {
  class: 'config',
  code: 'foreign_media_url',
  message: 'WhatsApp names an address for the file that is not one of its own.',
};

const tooLarge: Fault = { class: 'content', code: 'too_large', message: `The file has more than ${MAX_BYTES} bytes.` };

function failed(fault: Fault): MediaResult {
  return { ok: false, fault };
}
