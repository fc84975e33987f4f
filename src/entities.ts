import { Tenant } from './tenants/tenant.entity';
import { Installation } from './tenants/installation.entity';
import { TenantUser } from './tenants/tenant-user.entity';
import { ApiKey } from './tenants/api-key.entity';
import { IdempotencyKey } from './tenants/idempotency-key.entity';
import { UserCommunicationPermission } from './permissions/users/user-communication-permission.entity';
import { AuditLog } from './permissions/audit-log/audit-log.entity';
import { AuditChain } from './permissions/audit-log/audit-chain.entity';
import { CommunicationChannel } from './channels/communication-channel.entity';
import { ChannelState } from './channels/channel-state.entity';
import { Contact } from './contacts/contact.entity';
import { ContactIdentity } from './contacts/contact-identity.entity';
import { ContactImport } from './contacts/imports/contact-import.entity';
import { ContactImportError } from './contacts/imports/contact-import-error.entity';
import { ContactExport } from './contacts/exports/contact-export.entity';
import { ContactCommunicationPreference } from './preferences/contact-communication-preference.entity';
import { Suppression } from './preferences/suppression.entity';
import { ConsentEvent } from './preferences/consent-event.entity';
import { Topic } from './preferences/topics/topic.entity';
import { MessageTemplate } from './templates/message-template.entity';
import { MessageTemplateVersion } from './templates/message-template-version.entity';
import { TemplateLayout } from './templates/layouts/template-layout.entity';
import { TemplateLayoutVersion } from './templates/layouts/template-layout-version.entity';
import { TenantEventRow } from './events/tenant-event.entity';
import { EventInterest } from './events/event-interest.entity';
import { EventSource } from './events/sources/event-source.entity';
import { Notification } from './automation/notifications/notification.entity';
import { NotificationRoute } from './automation/notifications/notification-route.entity';
import { CommunicationSession } from './sessions/communication-session.entity';
import { CannedReply } from './sessions/canned-replies/canned-reply.entity';
import { CommunicationMessage } from './messages/communication-message.entity';
import { MessageAttempt } from './messages/message-attempt.entity';
import { MessageEvent } from './messages/message-event.entity';
import { ScheduleOccurrence } from './messages/schedule-occurrence.entity';
import { ScheduledMessage } from './messages/scheduled-message.entity';
import { CommunicationAttachment } from './messages/communication-attachment.entity';
import { ContactSend } from './messages/contact-send.entity';
import { CommunicationFile } from './messages/communication-file.entity';
import { FileRemoval } from './messages/file-removal.entity';
import { InboundMedia } from './messages/inbound-media.entity';
import { InboundPart } from './messages/inbound-part.entity';
import { PriceDue } from './messages/price-due.entity';
import { Worker } from './messages/worker.entity';
import { BudgetAlert } from './messages/budget/budget-alert.entity';
import { TenantBudget } from './messages/budget/tenant-budget.entity';
import { TenantSpend } from './messages/budget/tenant-spend.entity';
import { BulkMessageCampaign } from './campaigns/bulk-message-campaign.entity';
import { BulkMessageRecipient } from './campaigns/bulk-message-recipient.entity';
import { SavedSegment } from './campaigns/segments/segment.entity';
import { MessageAutomationRule } from './automation/message-automation-rule.entity';
import { AutomationRuleVersion } from './automation/automation-rule-version.entity';
import { AutomationRun } from './automation/run/automation-run.entity';
import { AutomationRunStep } from './automation/run/automation-run-step.entity';
import { AutomationCall } from './automation/webhook/automation-call.entity';
import { CommunicationWebhookLog } from './webhooks/communication-webhook-log.entity';
import { WebhookEndpoint } from './webhook-endpoints/webhook-endpoint.entity';
import { WebhookDelivery } from './webhook-endpoints/webhook-delivery.entity';
import { WebhookAttempt } from './webhook-endpoints/webhook-attempt.entity';
import { KafkaPosition } from './event-streams/kafka/kafka-position.entity';
import { CommunicationAnalytics } from './analytics/communication-analytics.entity';
import { AnalyticsDue } from './analytics/analytics-due.entity';
import { AnalyticsQuarter } from './analytics/analytics-quarter.entity';
import { AnalyticsState } from './analytics/analytics-state.entity';
import { AnalyticsTotal } from './analytics/analytics-total.entity';
import { SandboxMessage } from './sandbox/sandbox-message.entity';
import { SandboxEvent } from './sandbox/sandbox-event.entity';

/** Every table, for the data source and the drift test. */
export const entities = [
  Tenant,
  Installation,
  TenantUser,
  ApiKey,
  IdempotencyKey,
  UserCommunicationPermission,
  AuditLog,
  AuditChain,
  CommunicationChannel,
  ChannelState,
  Contact,
  ContactIdentity,
  ContactImport,
  ContactImportError,
  ContactExport,
  ContactCommunicationPreference,
  Suppression,
  ConsentEvent,
  Topic,
  MessageTemplate,
  MessageTemplateVersion,
  TemplateLayout,
  TemplateLayoutVersion,
  TenantEventRow,
  EventInterest,
  EventSource,
  NotificationRoute,
  Notification,
  CommunicationSession,
  CannedReply,
  CommunicationMessage,
  MessageAttempt,
  MessageEvent,
  ScheduledMessage,
  ScheduleOccurrence,
  CommunicationAttachment,
  ContactSend,
  CommunicationFile,
  FileRemoval,
  InboundMedia,
  InboundPart,
  PriceDue,
  Worker,
  BudgetAlert,
  TenantBudget,
  TenantSpend,
  BulkMessageCampaign,
  BulkMessageRecipient,
  SavedSegment,
  MessageAutomationRule,
  AutomationRuleVersion,
  AutomationRun,
  AutomationRunStep,
  AutomationCall,
  CommunicationWebhookLog,
  WebhookEndpoint,
  WebhookDelivery,
  WebhookAttempt,
  KafkaPosition,
  CommunicationAnalytics,
  AnalyticsQuarter,
  AnalyticsTotal,
  AnalyticsDue,
  AnalyticsState,
  SandboxMessage,
  SandboxEvent,
];
