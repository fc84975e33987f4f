import { PublishCommand, SNSClient, type MessageAttributeValue } from '@aws-sdk/client-sns';
import type { AwsCredentials } from '../aws-account';
import { AwsCall } from '../aws-call';
import { resultOfCall } from '../aws-errors';
import type { Account, OutboundMessage, ProviderIo, SendResult } from '../provider';
import { countSmsParts } from '../sms-parts';
import { ERRORS } from './errors';

/** Publish with a phone number instead of a topic. A second Publish would be a second SMS: SNS knows no idempotency. */
export async function send(
  message: OutboundMessage,
  account: Account<AwsCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  const call = new AwsCall(account, io);
  const text = message.content.text ?? '';
  const made = await call.make(() =>
    new SNSClient(call.config()).send(
      new PublishCommand({ PhoneNumber: message.to, Message: text, MessageAttributes: attributesOf(message, account) }),
    ),
  );
  // What SNS counts and charges stands in its delivery log only.
  return resultOfCall(made, { account, errors: ERRORS, now: io.now() }, ({ MessageId: id }): SendResult | undefined =>
    id ? { outcome: 'ACCEPTED', providerMessageId: id, parts: countSmsParts(text) } : undefined,
  );
}

type Attributes = Record<string, MessageAttributeValue>;

/**
 * The sender is a number or a name. Without SMSType an account sends what it has as its default, at first Promotional,
 * which carriers put last: what is not marketing says so.
 */
function attributesOf({ purpose }: OutboundMessage, { from, settings }: Account<AwsCredentials>): Attributes {
  const isNumber = /^\+?\d+$/.test(from);
  const attributes: [name: string, dataType: 'String' | 'Number', value: unknown][] = [
    ['AWS.SNS.SMS.SenderID', 'String', settings['senderId'] ?? (isNumber ? undefined : from)],
    ['AWS.MM.SMS.OriginationNumber', 'String', settings['originationNumber'] ?? (isNumber ? from : undefined)],
    [
      'AWS.SNS.SMS.SMSType',
      'String',
      settings['smsType'] ?? (purpose === 'MARKETING' ? 'Promotional' : 'Transactional'),
    ],
    ['AWS.SNS.SMS.MaxPrice', 'Number', settings['maxPrice']],
    ['AWS.MM.SMS.EntityId', 'String', settings['entityId']],
    ['AWS.MM.SMS.TemplateId', 'String', settings['templateId']],
  ];
  return Object.fromEntries(
    attributes
      .filter(([, , value]) => (typeof value === 'string' && value !== '') || typeof value === 'number')
      .map(([name, DataType, value]) => [name, { DataType, StringValue: String(value) }]),
  );
}
