import { accepted, answerOf, COMMON, doubt, permanent, SECRET } from '../answers';
import type { LedgerEntry } from '../described-server';
import type { Kit } from '../kit';
import { hex } from '../player';
import { signatureFaults } from '../sigv4';
import { answerToSubscriber, REGION, TOPIC_ARN, topicKit } from '../sns-topic';

const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const credentials = { ...keys, region: REGION, topicArn: TOPIC_ARN };
const { topicArn: _topicArn, ...withoutTopic } = credentials;

export const awsSns: Kit = {
  ...topicKit,
  credentials,
  secrets: [keys.secretAccessKey],
  badCredentials: {
    '/credentials/accessKeyId': { ...credentials, accessKeyId: 'short' },
    '/credentials/secretAccessKey': { accessKeyId: keys.accessKeyId, region: REGION },
    '/credentials/sessionToken': { ...credentials, sessionToken: 'a b' },
    '/credentials/region': { ...credentials, region: 'us-east-2.evil.example/' },
    '/credentials/topicArn': { ...credentials, topicArn: `${TOPIC_ARN}.fifo` },
    '/credentials/profile': { ...credentials, profile: 'default' },
  },
  settings: {},
  from: { SMS: '+12065550152' },
  withoutSecret: { credentials: withoutTopic },
  answers: {
    documented: (status) =>
      status < 300
        ? answerOf(status, published('567910cd-659e-55d4-8ccb-5aaf14679dc0'))
        : answerOf(status, refusal('SomethingNew', `refused for +14155552671 by ${SECRET}`)),
    expected: {
      ...COMMON,
      '200': accepted,
      '201': accepted,
      '202': accepted,
      '400': permanent('config'),
      '409': doubt,
    },
  },
  player: {
    unlisted: {},
    violations: (entry) => {
      if (answerToSubscriber(entry)) return [];
      const { method, path, headers, body } = entry;
      const signer = { ...keys, region: REGION, service: 'sns' };
      return [...signatureFaults({ method, path, headers }, signer), ...parameterFaults(body)];
    },
    answer: (entry: LedgerEntry) => {
      const toSubscriber = answerToSubscriber(entry);
      if (toSubscriber) return toSubscriber;
      if (entry.body['Action'] !== 'Publish') return { status: 200, body: SMS_ATTRIBUTES };
      entry.messageId = `${hex(entry.number, 8)}-659e-55d4-8ccb-5aaf14679dc0`;
      return { status: 200, body: published(entry.messageId) };
    },
    refusal: (_status, message) => refusal('InvalidParameter', message),
  },
};

const NAMESPACE = 'xmlns="http://sns.amazonaws.com/doc/2010-03-31/"';
const METADATA = '<ResponseMetadata><RequestId>d74b8436-ae13-5ab4-a9ff-ce54dfea72a0</RequestId></ResponseMetadata>';
const SMS_ATTRIBUTES = `<GetSMSAttributesResponse ${NAMESPACE}><GetSMSAttributesResult><attributes><entry><key>MonthlySpendLimit</key><value>1</value></entry></attributes></GetSMSAttributesResult>${METADATA}</GetSMSAttributesResponse>`;

function published(id: string): string {
  return `<PublishResponse ${NAMESPACE}><PublishResult><MessageId>${id}</MessageId></PublishResult>${METADATA}</PublishResponse>`;
}

function refusal(code: string, message: string): string {
  const text = message.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<ErrorResponse ${NAMESPACE}><Error><Type>Sender</Type><Code>${code}</Code><Message>${text}</Message></Error><RequestId>9dd01905</RequestId></ErrorResponse>`;
}

/** Type and form of each attribute of an SMS (Developer Guide, "Publishing to a mobile phone", reserved attributes). */
const ATTRIBUTES: Readonly<Record<string, readonly [dataType: string, value: RegExp]>> = {
  'AWS.SNS.SMS.SenderID': ['String', /^(?=.*[A-Za-z])[A-Za-z0-9]{3,11}$/],
  'AWS.MM.SMS.OriginationNumber': ['String', /^\+?\d{5,14}$/],
  'AWS.SNS.SMS.SMSType': ['String', /^(Promotional|Transactional)$/],
  'AWS.SNS.SMS.MaxPrice': ['Number', /^\d+(\.\d+)?$/],
  'AWS.MM.SMS.EntityId': ['String', /^.{1,50}$/],
  'AWS.MM.SMS.TemplateId': ['String', /^.{1,50}$/],
};

/** Parameters of the two actions (API reference of 2010-03-31); AWS publishes no OpenAPI description of SNS. */
function parameterFaults(body: LedgerEntry['body']): string[] {
  const { Action: action = '', Version: version = '', ...parameters } = textsOf(body);
  const names = Object.keys(parameters);
  if (version !== '2010-03-31') return [`no such version: ${version}`];
  if (action === 'GetSMSAttributes') return names.map((name) => `no such parameter: ${name}`);
  if (action !== 'Publish') return [`no such action: ${action}`];

  const { PhoneNumber: number = '', Message: message = '' } = parameters;
  const attribute = /^MessageAttributes\.entry\.\d+\.(Name|Value\.DataType|Value\.StringValue)$/;
  const unknown = names.filter((name) => !['PhoneNumber', 'Message'].includes(name) && !attribute.test(name));
  return [
    ...unknown.map((name) => `no such parameter: ${name}`),
    ...(/^\+[1-9]\d{6,14}$/.test(number) ? [] : [`PhoneNumber ${number} is not E.164`]),
    ...(message && Buffer.byteLength(message) <= 1600 ? [] : ['Message is empty or longer than 1600 bytes']),
    ...names.filter((name) => name.endsWith('.Name')).flatMap((name) => attributeFaults(parameters, name)),
  ];
}

function attributeFaults(parameters: Record<string, string>, name: string): string[] {
  const at = name.replace(/\.Name$/, '.Value');
  const attribute = parameters[name] ?? '';
  const [dataType, form] = ATTRIBUTES[attribute] ?? [];
  return dataType === parameters[`${at}.DataType`] && form?.test(parameters[`${at}.StringValue`] ?? '')
    ? []
    : [`attribute ${attribute} is unknown or of the wrong form`];
}

/** A form has nothing but texts. */
function textsOf(body: LedgerEntry['body']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, typeof value === 'string' ? value : '']),
  );
}
