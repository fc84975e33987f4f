import { filesKey, leftOut, partsThatFit, resultsOfCall } from '../batch-calls';
import { mailBodies } from '../mail-bodies';
import type { OutboundMessage, ProviderBatch, SendResult } from '../provider';
import type { SendgridCredentials } from './credentials';
import { mailOf, shareBodies } from './mail';
import { sendMail } from './send';

/** Personalizations of one call, and bytes of the substitutions of each (tsg_mail_v3.json), with some room. */
const MOST_PERSONALIZATIONS = 1_000;
const MOST_SUBSTITUTED_BYTES = 9_500;

type Several = [OutboundMessage, ...OutboundMessage[]];

/**
 * Many recipients with one call. Subject, headers and the variables of a template are each recipient's own; what differs in the
 * bodies is substituted. All of them get the one X-Message-Id of the call; events are told apart by the custom arguments of each.
 */
export const batch: ProviderBatch<SendgridCredentials> = {
  max: MOST_PERSONALIZATIONS,

  groupOf(message) {
    const { template, attachments } = message.content;
    const { text, html } = mailBodies(message);
    const kinds = [text !== undefined, html !== undefined];
    return JSON.stringify({
      template: template && [template.name, template.language],
      kinds,
      files: filesKey(attachments),
    });
  },

  callsOf: (messages) => partsThatFit(messages, fits),

  async send(messages, account, io) {
    const [together] = batch.callsOf?.(messages) ?? [];
    if (!together || !isSome(together)) return [];
    const { result, blamed } = await sendMail(mailOf(together, account), account, io);
    const sent = new Map(together.map((message, index) => [message, index]));
    const results = resultsOfCall(result, together, blamed);
    return messages.map((message) => results[sent.get(message) ?? -1] ?? doesNotFit());
  },
};

/** A dynamic template has variables instead of substitutions. */
function fits(messages: readonly OutboundMessage[]): boolean {
  if (!isSome(messages) || messages[0].content.template) return true;
  return shareBodies(messages).values.every((own) => Buffer.byteLength(JSON.stringify(own)) <= MOST_SUBSTITUTED_BYTES);
}

function isSome(messages: readonly OutboundMessage[]): messages is Several {
  return messages.length > 0;
}

function doesNotFit(): SendResult {
  return leftOut('does_not_fit', 'The others of this call say too much that is different.');
}
