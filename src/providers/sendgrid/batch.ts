import type { OutboundMessage, ProviderBatch } from '../provider';
import type { SendgridCredentials } from './credentials';
import { mailOf } from './mail';
import { sendMail } from './send';

/** Personalizations of one call (tsg_mail_v3.json). */
const MOST_PERSONALIZATIONS = 1_000;

/**
 * Many recipients of the same words. All of them get the one X-Message-Id of the call; events are told apart by the custom
 * arguments of each.
 */
export const batch: ProviderBatch<SendgridCredentials> = {
  max: MOST_PERSONALIZATIONS,

  /** An address may stand in one call only once. Headers and the variables of a template are each recipient's own. */
  fits: (a, b) => a.to.toLowerCase() !== b.to.toLowerCase() && shared(a) === shared(b),

  async send(messages, account, io) {
    const [first, ...others] = messages;
    if (!first) return [];
    const result = await sendMail(mailOf([first, ...others], account), account, io);
    return messages.map(() => result);
  },
};

/** What the call says once for all. */
function shared({ messageType, content }: OutboundMessage): string {
  const { headers: _own, template, attachments, ...words } = content;
  const files = attachments?.map(({ content: bytes, ...file }) => ({ ...file, bytes: bytes.toString('base64') }));
  return JSON.stringify({ messageType, words, files, template: template && [template.name, template.language] });
}
