import { PageInfo } from '../platform/http/page-info.dto';
import { ExternalReferenceResponse } from './external-references';
import { IdentityResponse } from './identity.dto';

export class ContactResponse {
  id: string;
  /** Your own id for the person. */
  externalId: string | null;
  name: string | null;
  /** As it is stored and compared. Of several, the first, which is written to; so for the other addresses. */
  email: string | null;
  /** E.164. */
  phone: string | null;
  telegramChatId: string | null;
  whatsappId: string | null;
  language: string | null;
  timezone: string | null;
  /** Your own facts about the person. */
  attributes: Record<string, unknown>;
  /** What the person is called in other systems. */
  externalReferences: ExternalReferenceResponse[];
  /** Every address of the person, those held longest first. */
  identities: IdentityResponse[];
  createdAt: string;
  updatedAt: string;
}

export class ContactPage {
  data: ContactResponse[];
  page: PageInfo;
}

export class ContactTimelineReason {
  /** Stable code. */
  code: string;
  /** In words. */
  detail: string | null;
}

/** A message from or to the contact; GET /messages/{id} has the whole of it. */
export class ContactTimelineEntry {
  id: string;
  sessionId: string;
  channelId: string;
  /** EMAIL, SMS, WHATSAPP or TELEGRAM. */
  channelType: string;
  /** INBOUND or OUTBOUND. */
  direction: string;
  from: string;
  to: string;
  messageType: string;
  content: Record<string, unknown>;
  status: string;
  /** Why it stands where it stands; null when there is nothing to explain. */
  reason: ContactTimelineReason | null;
  createdAt: string;
  sentAt: string | null;
  deliveredAt: string | null;
  readAt: string | null;
}

export class ContactTimelinePage {
  data: ContactTimelineEntry[];
  page: PageInfo;
}
