import type { Account, OutboundMessage, ProviderEvent, ProviderIo, QueryResult, StatusEvent } from '../provider';
import type { MailgunCredentials } from './credentials';
import { parseEvent, refOf } from './events';
import { eventsPath, readPage } from './events-api';
import { ownMessageId, providerIdOf } from './message-id';

/** Mailgun's clock is not ours. */
const CLOCK_TOLERANCE_MS = 60_000;

/**
 * Looks for events that carry the ref of this attempt: by the Message-ID that a mail of its own had from us, then by the
 * recipient, for a mail out of a batch. Events appear with a delay, so their absence proves nothing.
 */
export async function query(
  message: OutboundMessage,
  account: Account<MailgunCredentials>,
  io: ProviderIo,
  since: Date,
): Promise<QueryResult> {
  const { domain } = account.credentials;
  const begin = new Date(since.getTime() - CLOCK_TOLERANCE_MS);
  for (const filter of [{ 'message-id': ownMessageId(message.messageId, domain) }, { recipient: message.to }]) {
    const page = await readPage(eventsPath(domain, begin, filter), account, io);
    const events = page.ok ? page.items.filter((item) => refOf(item) === message.ref) : [];
    const found = resultOf(
      events.flatMap((item) => parseEvent(item, io.now())),
      message,
    );
    if (found) return found;
  }
  return { found: false, certain: false };
}

/** Any event at all says that Mailgun has the mail; the latest outcome, if there is one, says what became of it. */
function resultOf(events: readonly ProviderEvent[], { messageId, to }: OutboundMessage): QueryResult | undefined {
  const statuses = events.filter((event): event is StatusEvent => event.kind === 'status');
  const outcome = statuses.filter(({ status }) => status !== 'SENT').sort((a, b) => a.at.getTime() - b.at.getTime());
  const [first] = events;
  const { status, at } = outcome.at(-1) ?? { status: 'SENT' as const, at: first?.at };
  const named = events.map((event) => ('providerMessageId' in event ? event.providerMessageId : undefined));
  const providerMessageId = named.find((id) => id !== undefined) ?? providerIdOf(messageId, to);
  if (!at || providerMessageId === undefined) return undefined;
  return { found: true, providerMessageId, status, at };
}
