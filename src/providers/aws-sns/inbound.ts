import { textOf } from '../json';
import { consentOf } from '../keywords';
import type { ProviderEvent } from '../provider';
import type { Told } from './told';

/** An SMS to a number with two-way messaging. It carries no time, so it is that of the message of the topic. */
export function parseInbound({ messageId, at, message }: Told): ProviderEvent[] {
  const [id, from, to] = ['inboundMessageId', 'originationNumber', 'destinationNumber'].map((name) =>
    textOf(message, name),
  );
  if (!id || !from || !to) return [];

  const text = textOf(message, 'messageBody');
  const inReplyTo = textOf(message, 'previousPublishedMessageId');
  // AWS answers its opt-out words itself and names the one that it understood; for other texts it names a default.
  const consent = consentOf(textOf(message, 'messageKeyword') ?? '') ?? consentOf(text ?? '');
  return [
    {
      kind: 'inbound',
      eventKey: messageId,
      at,
      providerMessageId: id,
      from,
      to,
      messageType: 'TEXT',
      content: { ...(text && { text }) },
      ...(inReplyTo && { inReplyTo }),
    },
    ...(consent
      ? [
          {
            kind: 'consent' as const,
            eventKey: `${messageId}:consent`,
            at,
            address: from,
            action: consent.action,
            source: consent.keyword,
          },
        ]
      : []),
  ];
}
