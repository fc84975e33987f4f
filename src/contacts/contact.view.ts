import type { ChannelType } from '../providers/provider';
import type { ContactRow } from './contact.queries';
import type { ContactResponse, ContactTimelineEntry } from './contact-response.dto';
import { referencesView } from './external-references';
import type { IdentityResponse } from './identity.dto';
import type { HeldSince } from './identity.queries';
import type { TimelineRow } from './timeline.queries';

/** A contact as the API shows it: named fields only. */
export function contactView({ identities, ...contact }: ContactRow): ContactResponse {
  const first = (channelType: ChannelType) =>
    identities.find((held) => held.channelType === channelType)?.address ?? null;
  return {
    id: contact.id,
    externalId: contact.externalId,
    name: contact.name,
    email: first('EMAIL'),
    phone: first('SMS'),
    telegramChatId: first('TELEGRAM'),
    whatsappId: first('WHATSAPP'),
    language: contact.language,
    timezone: contact.timezone,
    attributes: contact.attributes,
    externalReferences: referencesView(contact.externalReferences),
    identities: identities.map((held) => identityView({ ...held, createdAt: new Date(held.createdAt) })),
    createdAt: contact.createdAt.toISOString(),
    updatedAt: contact.updatedAt.toISOString(),
  };
}

/** An address as the API shows it. */
export function identityView({ channelType, address, createdAt }: HeldSince): IdentityResponse {
  return { channelType, address, createdAt: createdAt.toISOString() };
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
