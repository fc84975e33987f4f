/** Our message ids are UUIDs, and no Message-ID that Mailgun makes begins with one. */
const OURS = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@/;

/** The Message-ID that a mail gets from us, the same on every attempt: mailboxes show two copies of one message once. */
export function ownMessageId(messageId: string, domain: string): string {
  return `${messageId}@${domain}`;
}

/**
 * The provider's id of one mail to one person, from the answer of a send, an event or an In-Reply-To alike. The mails of one
 * batch share the Message-ID that Mailgun made for them, so the recipient is part of theirs.
 */
export function providerIdOf(messageId: string | undefined, recipient: string | undefined): string | undefined {
  const id = withoutBrackets(messageId);
  if (!id || !recipient || OURS.test(id)) return id;
  return `${id}/${recipient.toLowerCase()}`;
}

/** `<a@b>` -> `a@b`; the API answers with the brackets and its events are without them. */
export function withoutBrackets(id: string | undefined): string | undefined {
  const bare = id?.trim().replace(/^<(.*)>$/s, '$1');
  return bare?.slice(0, 500) || undefined;
}
