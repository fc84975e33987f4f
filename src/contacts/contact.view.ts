import type { ContactRow } from './contact.queries';
import type { ContactResponse, ContactTimelineEntry } from './contact-response.dto';
import type { TimelineRow } from './timeline.queries';

/** A contact as the API shows it: named fields only. */
export function contactView({ addresses, ...contact }: ContactRow): ContactResponse {
  return {
    id: contact.id,
    externalId: contact.externalId,
    name: contact.name,
    email: addresses['EMAIL'] ?? null,
    phone: addresses['SMS'] ?? null,
    telegramChatId: addresses['TELEGRAM'] ?? null,
    whatsappId: addresses['WHATSAPP'] ?? null,
    language: contact.language,
    timezone: contact.timezone,
    attributes: contact.attributes,
    createdAt: contact.createdAt.toISOString(),
    updatedAt: contact.updatedAt.toISOString(),
  };
}

/** A message as the timeline shows it. */
export function timelineEntry({ reasonCode, reasonDetail, ...message }: TimelineRow): ContactTimelineEntry {
  return {
    ...message,
    reason: reasonCode === null ? null : { code: reasonCode, detail: reasonDetail },
    createdAt: message.createdAt.toISOString(),
    sentAt: message.sentAt?.toISOString() ?? null,
    deliveredAt: message.deliveredAt?.toISOString() ?? null,
    readAt: message.readAt?.toISOString() ?? null,
  };
}
