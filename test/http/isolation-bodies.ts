import { fileForm, type Things } from './tenant-things';

/** What a request may be made of: the caller's own things, and an id that takes the place in question. */
type Body = (own: Things, id: unknown) => unknown;

/** An estimate is asked for with the body that would be stored. */
const BULK_SEND: Readonly<Record<string, Body>> = {
  '': () => ({ ...CAMPAIGN, ...SAYS }),
  channelId: (_, channelId) => ({ ...CAMPAIGN, channelType: null, channelId, ...SAYS }),
  templateId: (_, templateId) => ({ ...CAMPAIGN, templateId }),
  'variants[].templateId': (_, templateId) => ({
    ...CAMPAIGN,
    variants: [
      { templateId, weight: 1 },
      { ...SAYS, weight: 1 },
    ],
  }),
  'recipients[].contactId': (_, contactId) => ({ ...CAMPAIGN, ...SAYS, recipients: [{ contactId }] }),
  segmentId: (_, segmentId) => ({ ...CAMPAIGN, ...SAYS, segmentId }),
};

/**
 * For each operation with a body: under '' a minimal one that is accepted, and for each field that names a row a body that is
 * accepted when the id is the caller's own. An operation or a field that is not here fails the test. Ids that each tenant gives
 * as it likes (externalId, addresses) are new ones here: that both may have the same is a test of its own.
 */
export const BODIES: Readonly<Record<string, Readonly<Record<string, Body>>>> = {
  apiKeysCreate: {
    '': () => ({ name: 'Key', scopes: ['messages:read'] }),
    userId: (_, userId) => ({ name: 'Key', scopes: ['messages:read'], userId }),
  },
  usersCreate: { '': () => ({ subject: fresh() }) },
  usersUpdate: { '': () => ({ name: 'Ada' }) },
  userPermissionsReplace: { '': () => ({ permissions: [{ actions: ['messages:read'] }] }) },
  channelsCreate: {
    '': () => ({ name: fresh(), channelType: 'SMS', providerType: 'sandbox', from: '+15005550006' }),
  },
  channelsUpdate: { '': () => ({ name: fresh() }) },
  contactsCreate: {
    '': () => ({ name: 'Ada' }),
    externalId: () => ({ externalId: fresh() }),
    telegramChatId: () => ({ telegramChatId: digits(9) }),
    whatsappId: () => ({ whatsappId: `+49151${digits(8)}` }),
  },
  contactsUpdate: {
    '': () => ({ name: 'Ada' }),
    externalId: () => ({ externalId: fresh() }),
    telegramChatId: () => ({ telegramChatId: digits(9) }),
    whatsappId: () => ({ whatsappId: `+49151${digits(8)}` }),
  },
  identitiesAdd: { '': () => ({ channelType: 'EMAIL', address: `${fresh()}@example.com` }) },
  peopleMerge: {
    '': (own) => ({ contactId: own.duplicate }),
    contactId: (own, id) => ({ contactId: id === own.contact ? own.duplicate : id }),
  },
  campaignsTest: { '': () => ({ to: [`${fresh()}@example.com`] }) },
  campaignsUpdate: { '': () => ({ name: fresh() }) },
  campaignSettingsUpdate: { '': () => ({ approvalRequired: false }) },
  campaignsRetryFailed: { '': () => ({ reasons: ['transient'] }) },
  preferencesUpdate: { '': () => ({ doNotContact: false }) },
  topicsPut: { '': () => ({ title: 'News' }) },
  consentSettingsUpdate: { '': () => ({ timezone: 'UTC' }) },
  trackingSettingsUpdate: { '': () => ({ clicks: false }) },
  suppressionsAdd: { '': () => ({ channelType: 'EMAIL', address: `${fresh()}@example.com` }) },
  optInRequest: {
    '': () => ({ channelType: 'EMAIL' }),
    channelId: (_, channelId) => ({ channelType: 'EMAIL', topic: fresh(), channelId }),
    templateId: (_, templateId) => ({ channelType: 'EMAIL', topic: fresh(), templateId }),
  },
  templatesCreate: {
    '': () => ({ name: fresh(), channelType: 'SMS', body: 'Hello' }),
    layoutId: (_, layoutId) => ({ name: fresh(), channelType: 'EMAIL', subject: 'Hi', html: '<p>Hello</p>', layoutId }),
  },
  templatesUpdate: {
    '': () => ({ category: 'UTILITY' }),
    layoutId: (_, layoutId) => ({ html: '<p>Hello</p>', layoutId }),
  },
  templatesSync: { '': (own) => ({ channelId: own.channel }), channelId: (_, channelId) => ({ channelId }) },
  layoutsCreate: { '': () => ({ name: fresh(), html: '<p>Hi</p>{{ content }}' }) },
  layoutsUpdate: { '': () => ({ name: fresh() }) },
  templatesPreview: { '': () => ({}), contactId: (_, contactId) => ({ contactId }) },
  sessionsUpdate: { '': () => ({ subject: 'About' }), assignedTo: (_, assignedTo) => ({ assignedTo }) },
  messagesSend: {
    '': () => ({ ...EMAIL, to: 'ada@example.com', ...SAYS }),
    channelId: (_, channelId) => ({ channelId, to: 'ada@example.com', ...SAYS }),
    contactId: (_, contactId) => ({ ...EMAIL, contactId, ...SAYS }),
    templateId: (_, templateId) => ({ ...EMAIL, to: 'ada@example.com', templateId }),
    'attachments[].attachmentId': (_, attachmentId) => ({
      ...EMAIL,
      to: 'ada@example.com',
      ...SAYS,
      attachments: [{ attachmentId }],
    }),
  },
  sessionSettingsUpdate: { '': () => ({ autoCompleteHours: 8760 }) },
  cannedRepliesCreate: { '': () => ({ shortcut: fresh(), text: 'Hello {{ contact.name }}' }) },
  cannedRepliesUpdate: { '': () => ({ shortcut: fresh() }) },
  notesAdd: { '': () => ({ text: 'He called' }) },
  messagesReply: {
    '': () => SAYS,
    cannedReplyId: (_, cannedReplyId) => ({ content: { subject: 'Hi' }, cannedReplyId }),
    templateId: (_, templateId) => ({ templateId }),
    'attachments[].attachmentId': (_, attachmentId) => ({ ...SAYS, attachments: [{ attachmentId }] }),
  },
  messagesReplay: {
    '': () => ({ filter: {} }),
    ids: (_, id) => ({ ids: [id] }),
    'filter.channelId': (_, channelId) => ({ filter: { channelId } }),
  },
  contactImportsCreate: { '': () => fileForm('people.csv', `externalId\n${fresh()}\n`) },
  contactExportsCreate: {
    '': () => ({ format: 'csv' }),
    'filter.externalId': () => ({ format: 'csv', filter: { externalId: fresh() } }),
  },
  attachmentsUpload: { '': () => fileForm('a.txt', 'Hello') },
  budgetPut: { '': () => ({ monthly: { amount: '1000', currency: 'EUR' } }) },
  scheduledMessagesMove: {
    '': () => ({ scheduledAt: new Date(Date.now() + 2 * 86_400_000).toISOString() }),
    templateId: (_, templateId) => ({ templateId }),
    'attachments[].attachmentId': (_, attachmentId) => ({ ...SAYS, attachments: [{ attachmentId }] }),
  },
  webhookEndpointsCreate: { '': () => ({ url: 'https://hooks.invalid', eventTypes: ['contact.deleted'] }) },
  webhookEndpointsUpdate: { '': () => ({ description: fresh() }) },
  deliveriesReplay: { '': () => ({ since: new Date().toISOString() }) },
  campaignsCreate: BULK_SEND,
  recipientUploadsAdd: {
    '': () => [{ to: `${fresh()}@example.com` }],
    '[].contactId': (_, contactId) => [{ contactId }],
    '[].externalId': (_, externalId) => [{ externalId }],
  },
  segmentsCreate: { '': () => ({ name: fresh(), segment: { all: [] } }) },
  segmentsUpdate: { '': () => ({ name: fresh() }) },
  segmentsPreview: { '': () => ({ segment: { all: [] }, channelType: 'EMAIL' }) },
  estimatesMake: BULK_SEND,
  eventSourcesCreate: {
    '': () => ({ name: fresh(), kind: 'sns', settings: { topicArn: 'arn:aws:sns:us-east-2:000000000000:news' } }),
  },
  eventSourcesUpdate: { '': () => ({ name: fresh() }) },
  notificationRoutesPut: { '': () => ({ mode: 'ALL', channels: ['EMAIL'] }) },
  eventsTell: {
    '': () => ({ name: 'order.paid' }),
    contactId: (_, contactId) => ({ name: 'order.paid', contactId }),
    eventId: () => ({ name: 'order.paid', eventId: fresh() }),
    'contact.externalId': () => ({ name: 'order.paid', contact: { externalId: fresh() } }),
    'contact.telegramChatId': () => ({ name: 'order.paid', contact: { telegramChatId: digits(9) } }),
    'contact.whatsappId': () => ({ name: 'order.paid', contact: { whatsappId: `+49151${digits(8)}` } }),
  },
  rulesCreate: {
    '': () => rule({ ...SAYS, channelType: 'EMAIL' }),
    'steps[].channelId': (_, channelId) => rule({ ...SAYS, channelId }),
    'steps[].templateId': (_, templateId) => rule({ channelType: 'EMAIL', templateId }),
    'steps[].segmentId': (_, segmentId) => adds(segmentId),
    'trigger.segmentId': (_, segmentId) => ({
      ...rule({ ...SAYS, channelType: 'EMAIL' }),
      trigger: { ...DAILY, segmentId },
    }),
  },
  rulesTest: {
    '': () => ({ event: { name: 'order.paid' } }),
    pastEventId: (_, pastEventId) => ({ pastEventId }),
    'event.contactId': (_, contactId) => ({ event: { contactId } }),
  },
  rulesUpdate: {
    '': () => ({ enabled: false }),
    'steps[].channelId': (_, channelId) => ({ steps: [{ type: 'send', ...SAYS, channelId }] }),
    'steps[].templateId': (_, templateId) => ({ steps: [{ type: 'send', channelType: 'EMAIL', templateId }] }),
    'steps[].segmentId': (_, segmentId) => adds(segmentId),
    'trigger.segmentId': (_, segmentId) => ({ trigger: { ...DAILY, segmentId } }),
  },
};

const EMAIL = { channelType: 'EMAIL' };
const SAYS = { content: { subject: 'Hi', text: 'Hello' } };
const CAMPAIGN = { name: 'Campaign', ...EMAIL, recipients: [{ to: 'ada@example.com' }] };

let count = 0;

function fresh(): string {
  return `fresh${process.pid}x${++count}`;
}

function digits(length: number): string {
  return String(10 ** (length - 1) + ++count);
}

const DAILY = { type: 'schedule', recurrence: 'FREQ=DAILY', start: '2026-12-01T09:00', timezone: 'UTC' };

function adds(segmentId: unknown): object {
  return { ...rule({}), steps: [{ type: 'add_to_segment', segmentId }] };
}

function rule(step: object): object {
  return { name: fresh(), trigger: { event: 'order.paid' }, steps: [{ type: 'send', ...step }] };
}
