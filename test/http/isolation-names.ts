import type { Things } from './tenant-things';

/** A thing by its id or name. */
export type Thing = Exclude<keyof Things, 'api'>;

/** What an `{id}` names, by the first word of the path. */
export const BY_PATH: Readonly<Record<string, Thing>> = {
  'api-keys': 'apiKey',
  users: 'user',
  channels: 'channel',
  contacts: 'contact',
  suppressions: 'suppression',
  templates: 'template',
  'template-layouts': 'layout',
  sessions: 'session',
  'canned-replies': 'cannedReply',
  messages: 'message',
  attachments: 'attachment',
  'scheduled-messages': 'scheduled',
  'bulk-send': 'campaign',
  segments: 'segment',
  'automation-rules': 'rule',
  'automation-runs': 'run',
  events: 'event',
  'webhook-endpoints': 'webhookEndpoint',
  'event-sources': 'eventSource',
  'webhook-logs': 'webhookLog',
  'contact-imports': 'contactImport',
  'contact-exports': 'contactExport',
};

/** What a field of this name names, wherever it stands. */
export const BY_FIELD: Readonly<Record<string, Thing>> = {
  channelId: 'channel',
  contactId: 'contact',
  sessionId: 'session',
  messageId: 'message',
  templateId: 'template',
  layoutId: 'layout',
  attachmentId: 'attachment',
  ids: 'deadLetter',
  userId: 'user',
  segmentId: 'segment',
  cannedReplyId: 'cannedReply',
  assignedTo: 'user',
  pastEventId: 'event',
  parentId: 'campaign',
  deliveryId: 'webhookDelivery',
  lastEventId: 'event',
};

/** Names that each tenant gives as it likes: that another has the same is nobody's business, and no conflict. */
export const OWN_NAMES: Readonly<Record<string, Thing>> = {
  actor: 'user',
  resourceId: 'user',
  subject: 'user',
  externalId: 'externalId',
  eventId: 'externalId',
  telegramChatId: 'externalId',
  whatsappId: 'externalId',
  name: 'topic',
  topic: 'topic',
};
