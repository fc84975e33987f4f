import type { Twilio } from 'twilio';
import type { Account, OutboundMessage, ProviderIo, QueryResult } from '../provider';
import { TwilioCall } from './client';
import type { TwilioCredentials } from './credentials';
import { addressOf } from './parameters';
import { statusOf } from './statuses';

const PAGE_SIZE = 100;

/** Twilio's times have no fraction of a second, and its clock is not ours. */
const CLOCK_TOLERANCE_MS = 5_000;

type Page = Awaited<ReturnType<Twilio['messages']['page']>>;

/**
 * Looks through the newest messages to this recipient for one with this body, made since the attempt. Found only when
 * there is exactly one; certainly absent only when nothing at all went to the recipient since then, because a Messaging
 * Service and a trial account change bodies. The filter DateSent is not used: it leaves out what is still queued there.
 */
export async function query(
  message: OutboundMessage,
  account: Account<TwilioCredentials>,
  io: ProviderIo,
  since: Date,
): Promise<QueryResult> {
  const call = new TwilioCall(account, io);
  const page = await call.make((client) => client.messages.page(filterOf(message, account))).catch(() => undefined);
  if (!page) return { found: false, certain: false };

  const from = since.getTime() - CLOCK_TOLERANCE_MS;
  const recent = page.instances.filter(
    ({ direction, dateCreated }) => direction !== 'inbound' && dateCreated.getTime() >= from,
  );
  const body = message.content.media?.caption ?? message.content.text;
  const [match, another] = recent.filter((instance) => body !== undefined && instance.body === body);
  const status = match && statusOf(match.status);
  if (match && status && !another) return { found: true, providerMessageId: match.sid, status, at: match.dateUpdated };
  return { found: false, certain: recent.length === 0 && reachesBackTo(page, from) };
}

function filterOf(message: OutboundMessage, account: Account<TwilioCredentials>) {
  const to = addressOf(message.channelType, message.to);
  // A Messaging Service chooses the sender, so only the recipient is known.
  if (account.credentials.messagingServiceSid) return { to, pageSize: PAGE_SIZE };
  return { to, from: addressOf(message.channelType, account.from), pageSize: PAGE_SIZE };
}

/** The newest come first: a page with an older message, or without a successor, holds all that are newer. */
function reachesBackTo(page: Page, from: number): boolean {
  return !page.nextPageUrl || page.instances.some(({ dateCreated }) => dateCreated.getTime() < from);
}
