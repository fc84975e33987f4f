import { accepted, answerOf, COMMON, doubt, permanent, SECRET } from '../answers';
import type { LedgerEntry } from '../described-server';
import type { Kit } from '../kit';
import { hex } from '../player';
import { sesFaults } from '../ses-requests';
import { signatureFaults } from '../sigv4';
import { answerToSubscriber, REGION, TOPIC_ARN, topicKit } from '../sns-topic';

const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const credentials = { ...keys, region: REGION, topicArn: TOPIC_ARN };
const { topicArn: _topicArn, ...withoutTopic } = credentials;

export const awsSes: Kit = {
  ...topicKit,
  credentials,
  secrets: [keys.secretAccessKey],
  badCredentials: {
    '/credentials/accessKeyId': { ...credentials, accessKeyId: 'lower case' },
    '/credentials/secretAccessKey': { accessKeyId: keys.accessKeyId, region: REGION },
    '/credentials/region': { ...credentials, region: 'us_east_2' },
    '/credentials/topicArn': { ...credentials, topicArn: 'carillon-events' },
  },
  settings: { fromName: 'Acme', configurationSet: 'carillon' },
  from: { EMAIL: 'news@acme.example' },
  withoutSecret: { credentials: withoutTopic },
  answers: {
    documented: (status) =>
      status < 300
        ? answerOf(
            status,
            JSON.stringify({ MessageId: '0100018c2b9e5a3f-1d2c3b4a-0000-4000-8000-000000000000-000000' }),
          )
        : answerOf(status, refusal('SomethingNew', `refused for ada@example.com by ${SECRET}`)),
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
      return [...signatureFaults(requestOf(entry), { ...keys, region: REGION, service: 'ses' }), ...sesFaults(entry)];
    },
    answer: (entry: LedgerEntry) => {
      const toSubscriber = answerToSubscriber(entry);
      if (toSubscriber) return toSubscriber;
      if (entry.method === 'GET') return { status: 200, body: { SendingEnabled: true, EnforcementStatus: 'HEALTHY' } };
      entry.messageId = `0100018c${hex(entry.number, 8)}-1d2c3b4a-0000-4000-8000-000000000000-000000`;
      const { BulkEmailEntries: entries } = entry.body;
      if (!Array.isArray(entries)) return { status: 200, body: { MessageId: entry.messageId } };
      const results = entries.map((_entry, index) => ({ Status: 'SUCCESS', MessageId: `${entry.messageId}-${index}` }));
      return { status: 200, body: { BulkEmailEntryResults: results } };
    },
    refusal: (_status, message) => refusal('BadRequestException', message),
  },
};

/** As it arrived, but for its bytes, whose hash is a header. */
function requestOf({ method, path, headers }: LedgerEntry) {
  return { method, path, headers };
}

function refusal(type: string, message: string): string {
  return JSON.stringify({ __type: type, message });
}
