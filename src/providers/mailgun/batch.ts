import { isDeepStrictEqual } from 'node:util';
import { resultOf } from '../faults';
import type { Account, OutboundMessage, ProviderBatch, ProviderIo, SendResult } from '../provider';
import type { MailgunCredentials } from './credentials';
import { batchOf } from './mail';
import { submit, withRecipient } from './send';

/**
 * Addresses that nobody can have anything against: one that Mailgun refuses costs all others of its call their mail, so
 * whatever is unusual goes alone.
 */
const PLAIN_ADDRESS = /^[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}$/;

/** Up to 1,000 people with one call, each of whom gets a mail of their own. */
export const batch: ProviderBatch<MailgunCredentials> = {
  max: 1_000,

  /** Mailgun would fill what looks like a variable of a recipient, and takes an address only once. */
  fits(a: OutboundMessage, b: OutboundMessage): boolean {
    return (
      a.to.toLowerCase() !== b.to.toLowerCase() &&
      PLAIN_ADDRESS.test(a.to) &&
      PLAIN_ADDRESS.test(b.to) &&
      isDeepStrictEqual(sharedOf(a), sharedOf(b)) &&
      !namesRecipientVariable(a)
    );
  },

  async send(
    messages: readonly OutboundMessage[],
    account: Account<MailgunCredentials>,
    io: ProviderIo,
  ): Promise<SendResult[]> {
    const [first, ...others] = firstOfEachAddress(messages);
    if (!first) return [];
    const sent = new Set([first, ...others]);
    const result = await submit(batchOf([first, ...others], account, io.now()), account, io);
    return messages.map((message) => (sent.has(message) ? resultFor(message, result, sent.size) : leftOut()));
  },
};

/** What one call says once for all of its recipients. */
function sharedOf({ messageId: _id, ref: _ref, to: _to, ...shared }: OutboundMessage) {
  return shared;
}

function namesRecipientVariable({ content: { subject, text, html, media, headers, template } }: OutboundMessage) {
  return /%recipient/i.test(JSON.stringify({ subject, text, html, media, headers, template }));
}

function firstOfEachAddress(messages: readonly OutboundMessage[]): OutboundMessage[] {
  const byAddress = new Map<string, OutboundMessage>();
  for (const message of messages) {
    const address = message.to.toLowerCase();
    if (!byAddress.has(address)) byAddress.set(address, message);
  }
  return [...byAddress.values()];
}

/** A call is refused as a whole and does not say whose address it was: nobody's is to blame for sure. */
function resultFor(message: OutboundMessage, result: SendResult, recipients: number): SendResult {
  if (result.outcome !== 'REJECTED_PERMANENT' || result.fault.class !== 'invalid_recipient' || recipients === 1)
    return withRecipient(result, message);
  return resultOf({ class: 'transient', code: 'batch_refused', message: result.fault.message });
}

function leftOut(): SendResult {
  const message = 'Another message of this call goes to the same address.';
  return { outcome: 'NOT_SENT', fault: { class: 'transient', code: 'same_recipient', message } };
}
