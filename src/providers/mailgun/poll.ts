import type { Account, ProviderEvent, ProviderIo } from '../provider';
import type { MailgunCredentials } from './credentials';
import { parseEvent } from './events';
import { eventsPath, readPage } from './events-api';

/** `delivered` is posted once and never again, and `rejected` not at all; `accepted` is of use only for messages in doubt. */
const TYPES = ['delivered', 'failed', 'rejected', 'complained', 'unsubscribed', 'opened', 'clicked'];

/** Events come into the storage out of order; Mailgun calls a page complete when it is half an hour old. */
const SETTLED_MS = 30 * 60_000;

/** At 300 events a page; what is left is for the next poll. */
const MAX_PAGES = 50;

/**
 * All events since then, those of the last half hour too: the next poll begins before them, and tells them again with the
 * same keys. Throws when Mailgun does not answer; then the next poll begins at the same place.
 */
export async function poll(
  account: Account<MailgunCredentials>,
  io: ProviderIo,
  since: Date,
): Promise<{ events: ProviderEvent[]; until: Date }> {
  const events: ProviderEvent[] = [];
  let path: string | undefined = eventsPath(account.credentials.domain, since, { event: TYPES.join(' OR ') });
  let pages = 0;
  for (; path !== undefined && pages < MAX_PAGES; pages++) {
    const page = await readPage(path, account, io);
    if (!page.ok) throw new Error(page.fault.message);
    events.push(...page.items.flatMap((item) => parseEvent(item, io.now())));
    // Behind the last page comes an empty one, with a link to itself.
    path = page.items.length > 0 ? page.next : undefined;
  }
  const settled = io.now().getTime() - SETTLED_MS;
  const reached = path === undefined ? settled : Math.min(settled, events.at(-1)?.at.getTime() ?? settled);
  return { events, until: new Date(Math.max(since.getTime(), reached)) };
}
