import { domainToASCII } from 'node:url';
import type { BulkEmailEntry, MessageHeader, SendBulkEmailRequest, SendEmailRequest } from '@aws-sdk/client-sesv2';
import type { AwsCredentials } from '../aws-account';
import { mailBodies } from '../mail-bodies';
import type { Account, Attachment, OutboundMessage, ProviderTemplate } from '../provider';
import { mailbox } from './mailbox';
import { REF_HEADER, REF_TAG, tagOf } from './reference';

/** SendEmail to one person: of a mail to several, events of opening and clicking would not say whose they are. */
export function mailOf(message: OutboundMessage, account: Account<AwsCredentials>): SendEmailRequest {
  const { content } = message;
  const common = {
    Headers: headersOf(message),
    ...(content.attachments?.length && { Attachments: content.attachments.map(attachmentOf) }),
  };
  return {
    ...senderOf(account),
    Destination: { ToAddresses: [recipientOf(message)] },
    Content: content.template
      ? { Template: { ...templateOf(content.template), ...common } }
      : { Simple: { Subject: dataOf(content.subject ?? ''), Body: bodyOf(message), ...common } },
    EmailTags: tagsOf(message),
  };
}

/** SendBulkEmail: one template, and for each person the variables, headers and tags of a mail of their own. */
export function bulkOf(
  messages: readonly OutboundMessage[],
  template: ProviderTemplate,
  account: Account<AwsCredentials>,
): SendBulkEmailRequest {
  return {
    ...senderOf(account),
    DefaultContent: { Template: { TemplateName: template.name, TemplateData: '{}' } },
    BulkEmailEntries: messages.map((message): BulkEmailEntry => ({
      Destination: { ToAddresses: [recipientOf(message)] },
      ReplacementEmailContent: {
        ReplacementTemplate: {
          ReplacementTemplateData: JSON.stringify((message.content.template ?? template).variables),
        },
      },
      ReplacementHeaders: headersOf(message),
      ReplacementTags: tagsOf(message),
    })),
  };
}

function senderOf({ from, settings }: Account<AwsCredentials>) {
  const text = (name: string) => {
    const value = settings[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [replyTo, configurationSet] = [text('replyTo'), text('configurationSet')];
  return {
    FromEmailAddress: mailbox(from, text('fromName')),
    ...(replyTo && { ReplyToAddresses: [replyTo] }),
    ...(configurationSet && { ConfigurationSetName: configurationSet }),
  };
}

/** SES wants domains in Punycode. */
function recipientOf({ to }: OutboundMessage): string {
  const at = to.lastIndexOf('@') + 1;
  return to.slice(0, at) + (domainToASCII(to.slice(at)) || to.slice(at));
}

function tagsOf({ ref }: OutboundMessage) {
  return [{ Name: REF_TAG, Value: tagOf(ref) }];
}

/** No Message-ID among them: SES overwrites it. */
function headersOf({ ref, content }: OutboundMessage): MessageHeader[] {
  return [
    { Name: REF_HEADER, Value: ref },
    ...Object.entries(content.headers ?? {}).map(([Name, Value]) => ({ Name, Value })),
  ];
}

function bodyOf(message: OutboundMessage) {
  const { text, html } = mailBodies(message);
  return { ...((text || !html) && { Text: dataOf(text ?? '') }), ...(html && { Html: dataOf(html) }) };
}

function dataOf(Data: string) {
  return { Data, Charset: 'UTF-8' };
}

function templateOf({ name, variables }: ProviderTemplate) {
  return { TemplateName: name, TemplateData: JSON.stringify(variables) };
}

function attachmentOf({ content, filename, contentType, contentId }: Attachment) {
  return {
    RawContent: content,
    FileName: filename,
    ContentType: contentType,
    ContentTransferEncoding: 'BASE64' as const,
    ContentDisposition: contentId === undefined ? ('ATTACHMENT' as const) : ('INLINE' as const),
    ...(contentId !== undefined && { ContentId: contentId }),
  };
}
