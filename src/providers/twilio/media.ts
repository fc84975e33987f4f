import { faultOfNoAnswer } from '../faults';
import type { HttpResult } from '../http';
import type { Account, MediaResult, ProviderIo } from '../provider';
import type { TwilioCredentials } from './credentials';
import { faultOfAnswer } from './errors';

/** The most that a call may bring. */
const MAX_BYTES = 32 * 1024 * 1024;

const API_HOST = /^api(\.[a-z0-9-]+){0,2}\.twilio\.com$/;
const MEDIA_PATH = /^\/2010-04-01\/Accounts\/AC[0-9a-f]{32}\/Messages\/[A-Z]{2}[0-9a-f]{32}\/Media\/ME[0-9a-f]{32}$/i;
/** Where Twilio's API sends those who ask for the bytes. */
const CDN_HOST = /(^|\.)twiliocdn\.com$/;

/** Whether the address is one of a file at Twilio's API: only those are fetched. */
export function isMediaAddress(address: string): boolean {
  const url = plainUrl(address);
  return url !== undefined && API_HOST.test(url.hostname) && MEDIA_PATH.test(url.pathname);
}

/**
 * The file under its address (https://www.twilio.com/docs/messaging/api/media-resource): the API asks for the account's
 * credentials and redirects to Twilio's servers for files, which get none of them.
 */
export async function fetchMedia(
  ref: string,
  account: Account<TwilioCredentials>,
  io: ProviderIo,
): Promise<MediaResult> {
  if (!isMediaAddress(ref)) return foreign;
  const url = account.baseUrl.replace(/\/+$/, '') + new URL(ref).pathname;
  const first = await io.http({ method: 'GET', url, headers: authorizationOf(account), maxAnswerBytes: MAX_BYTES });
  const next = locationOf(first);
  if (next === undefined) return resultOf(first, account);
  if (!CDN_HOST.test(plainUrl(next)?.hostname ?? '')) return foreign;
  return resultOf(await io.http({ method: 'GET', url: next, maxAnswerBytes: MAX_BYTES }), account);
}

function authorizationOf({ credentials }: Account<TwilioCredentials>): { authorization: string } {
  const { accountSid, authToken, apiKeySid, apiKeySecret } = credentials;
  const hasKey = apiKeySid !== undefined && apiKeySecret !== undefined;
  const pair = hasKey ? `${apiKeySid}:${apiKeySecret}` : `${accountSid}:${authToken}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function locationOf(answer: HttpResult): string | undefined {
  const isRedirect = answer.kind === 'RESPONSE' && [301, 302, 303, 307, 308].includes(answer.status);
  return isRedirect ? answer.headers['location'] : undefined;
}

function resultOf(answer: HttpResult, account: Account<TwilioCredentials>): MediaResult {
  if (answer.kind !== 'RESPONSE') return { ok: false, fault: faultOfNoAnswer(answer) };
  const { status, headers, body } = answer;
  if (status !== 200) return { ok: false, fault: faultOfAnswer(status, body, account) };
  return { ok: true, contentType: headers['content-type'] ?? 'application/octet-stream', content: body };
}

/** An https address on its usual port and without user name. */
function plainUrl(address: string): URL | undefined {
  if (!URL.canParse(address)) return undefined;
  const url = new URL(address);
  return url.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '' ? url : undefined;
}

const foreign: MediaResult = {
  ok: false,
  fault: { class: 'config', code: 'foreign_media_url', message: 'The address of the file is not one of Twilio.' },
};
