import { faultOfNoAnswer } from '../faults';
import { isJsonObject, readJsonObject, textOf, type JsonObject } from '../json';
import type { Account, Fault, ProviderIo } from '../provider';
import { get } from './client';
import type { MailgunCredentials } from './credentials';
import { faultOfAnswer } from './errors';

/** A page of GET /v3/{domain}/events, or why there is none. */
export type EventPage = { ok: true; items: JsonObject[]; next?: string } | { ok: false; fault: Fault };

/** An event has a few kilobytes, more with the text of a bounce. */
const MAX_PAGE_BYTES = 16 * 1024 * 1024;

/** Events since then, the oldest first. Percent signs all through: a plus is not a blank to every reader of addresses. */
export function eventsPath(domain: string, since: Date, filter: Readonly<Record<string, string>>): string {
  const begin = String(Math.floor(since.getTime() / 1000));
  const query = Object.entries({ begin, ascending: 'yes', limit: '300', ...filter });
  return `/v3/${domain}/events?${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

export async function readPage(path: string, account: Account<MailgunCredentials>, io: ProviderIo): Promise<EventPage> {
  const answer = await get(path, account, io, MAX_PAGE_BYTES);
  if (answer.kind !== 'RESPONSE') return { ok: false, fault: faultOfNoAnswer(answer) };
  if (answer.status !== 200) return { ok: false, fault: faultOfAnswer(answer.status, answer.body, account) };

  const body = readJsonObject(answer.body);
  const items = body?.['items'];
  if (!Array.isArray(items))
    return {
      ok: false,
      fault: { class: 'ambiguous', code: 'unreadable_answer', message: 'The answer lists no events.' },
    };
  const next = nextPath(body?.['paging'], account.credentials.domain);
  return { ok: true, items: items.filter(isJsonObject), ...(next !== undefined && { next }) };
}

/** Of the link only its path is used: where to send the key is not for an answer to say. */
function nextPath(paging: unknown, domain: string): string | undefined {
  const link = isJsonObject(paging) ? textOf(paging, 'next') : undefined;
  if (link === undefined || !URL.canParse(link)) return undefined;
  const { pathname, search } = new URL(link);
  return pathname.startsWith(`/v3/${domain}/events/`) ? pathname + search : undefined;
}
