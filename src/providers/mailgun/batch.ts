import { filesKey, leftOut, partsThatFit, resultsOfCall } from '../batch-calls';
import type { Account, OutboundMessage, ProviderBatch, ProviderIo, SendResult } from '../provider';
import type { MailgunCredentials } from './credentials';
import { batchOf, shareMails, wordsOf } from './mail';
import { submit, withRecipient } from './send';

/**
 * Addresses that nobody can have anything against: one that Mailgun refuses costs all others of its call their mail, so
 * whatever is unusual goes alone.
 */
const PLAIN_ADDRESS = /^[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}$/;

/** What Mailgun would fill in by itself: variables of a recipient, and addresses of its own for unsubscribing. */
const FILLED_IN = /%(?:recipient|(?:tag_|mailing_list_)?unsubscribe)/i;

/** Of a header with other letters it is not documented whether Mailgun encodes it before it fills in variables. */
const PLAIN_HEADER = /^[\x20-\x7e]*$/;

/** All variables together; Mailgun takes 25 MB, with the mail itself. */
const MOST_VARIABLE_BYTES = 4_000_000;

type Several = [OutboundMessage, ...OutboundMessage[]];

/** Up to 1,000 people with one call, each of whom gets a mail of their own. */
export const batch: ProviderBatch<MailgunCredentials> = {
  max: 1_000,

  groupOf(message: OutboundMessage): string | undefined {
    const { channelType, purpose, expiresAt, content } = message;
    const { template, attachments, headers = {} } = content;
    const words = wordsOf(message);
    if (!PLAIN_ADDRESS.test(message.to)) return undefined;
    if ([...Object.values(words), JSON.stringify(template ?? '')].some((text) => FILLED_IN.test(text)))
      return undefined;
    const unusual = Object.entries(headers).filter(([, value]) => !PLAIN_HEADER.test(value));
    const fields = Object.keys(words);
    return JSON.stringify({ channelType, purpose, expiresAt, template, files: filesKey(attachments), fields, unusual });
  },

  callsOf: (messages) => partsThatFit(messages, fits),

  async send(
    messages: readonly OutboundMessage[],
    account: Account<MailgunCredentials>,
    io: ProviderIo,
  ): Promise<SendResult[]> {
    const together = firstOfEachAddress(messages);
    if (!isSome(together)) return [];
    const result = await submit(batchOf(together, account, io.now()), account, io);
    const sent = new Map(together.map((message, index) => [message, index]));
    const results = resultsOfCall(result, together);
    return messages.map((message) => {
      const own = results[sent.get(message) ?? -1];
      return own ? withRecipient(own, message) : leftOut('same_recipient', 'Another message goes to this address.');
    });
  },
};

function fits(messages: readonly OutboundMessage[]): boolean {
  if (!isSome(messages)) return true;
  return Buffer.byteLength(JSON.stringify(shareMails(messages).values)) <= MOST_VARIABLE_BYTES;
}

function isSome(messages: readonly OutboundMessage[]): messages is Several {
  return messages.length > 0;
}

function firstOfEachAddress(messages: readonly OutboundMessage[]): OutboundMessage[] {
  const byAddress = new Map<string, OutboundMessage>();
  for (const message of messages) {
    const address = message.to.toLowerCase();
    if (!byAddress.has(address)) byAddress.set(address, message);
  }
  return [...byAddress.values()];
}
