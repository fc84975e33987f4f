import { deliver, PUBLIC_URL } from '../http/provider-calls';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { startDescribedServer, type DescribedServer } from './described-server';
import { KITS } from './kits';
import { bodyOf, CERTIFICATE_PATH, CERTIFICATE_URL, REGION, signEnvelope, TOPIC_ARN } from './sns-topic';

/** The whole application with a server that plays SES and SNS: a message out, and what a topic tells about it. */
let app: TestApp;
let servers: Record<'aws-ses' | 'aws-sns', DescribedServer>;
let tenant: TestTenant;

beforeAll(async () => {
  servers = {
    'aws-ses': await startDescribedServer({ description: 'aws-ses' }),
    'aws-sns': await startDescribedServer({ description: 'aws-sns' }),
  };
  const env = { PROVIDER_URL_AWS_SES: servers['aws-ses'].url, PROVIDER_URL_AWS_SNS: servers['aws-sns'].url };
  app = await startApp({ PUBLIC_URL, ...env });
  tenant = await app.tenant({ bare: true });
});
afterAll(async () => {
  await app.close();
  await Promise.all(Object.values(servers).map((server) => server.close()));
});

async function addChannel(type: 'aws-ses' | 'aws-sns'): Promise<{ id: string; webhookUrl: string }> {
  const { credentials, settings, from } = KITS[type]!;
  const [[channelType, sender] = []] = Object.entries(from);
  const channel = { name: type, channelType, providerType: type, from: sender, credentials, settings };
  const answer = await tenant.api.post('/channels', channel);
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return { id: String(answer.body['id']), webhookUrl: String(answer.body['webhookUrl']) };
}

let told = 0;

/** As SNS calls: JSON that says it is text. */
async function tell(url: string, more: Record<string, string>) {
  told += 1;
  const envelope = {
    Type: 'Notification',
    MessageId: `165545c9-2a5c-472c-8df2-${String(told).padStart(12, '0')}`,
    TopicArn: TOPIC_ARN,
    Message: '{}',
    Timestamp: new Date().toISOString(),
    SignatureVersion: '1',
    SigningCertURL: CERTIFICATE_URL,
    ...more,
  };
  const headers = { 'content-type': 'text/plain; charset=UTF-8', 'x-amz-sns-message-type': envelope.Type };
  return (await deliver(app, url, bodyOf(signEnvelope(envelope)).toString(), headers)).status;
}

it('subscribes to its topic, sends a mail, and believes the topic about its fate', async () => {
  const channel = await addChannel('aws-ses');
  expect(await tenant.api.post(`/channels/${channel.id}/verify`)).toMatchObject({ body: { verified: true } });

  const SubscribeURL = `https://sns.${REGION}.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC_ARN}&Token=t1`;
  const confirmation = { Type: 'SubscriptionConfirmation', Token: 't1', SubscribeURL };
  expect(await tell(channel.webhookUrl, confirmation)).toBe(200);
  const confirmed = servers['aws-ses'].ledger.filter(({ query }) => query['Action'] === 'ConfirmSubscription');
  expect(confirmed.map(({ query }) => query['Token'])).toEqual(['t1']);

  const sent = await tenant.api.post('/messages', {
    channelId: channel.id,
    to: 'ada@example.com',
    content: { subject: 'Hello', text: 'Hello Ada' },
  });
  await tenant.api.message(sent.body['id'], 'SENT');
  const mail = servers['aws-ses'].ledger.find(({ path }) => path === '/v2/email/outbound-emails')!;
  expect(mail.violations).toEqual([]);

  const [{ Value: tag } = { Value: '' }] = mail.body['EmailTags'] as { Value: string }[];
  const about = { messageId: mail.messageId, destination: ['ada@example.com'], tags: { carillon_ref: [tag] } };
  const delivery = { timestamp: new Date().toISOString(), recipients: ['ada@example.com'] };
  const event = JSON.stringify({ eventType: 'Delivery', mail: about, delivery });
  expect(await tell(channel.webhookUrl, { Message: event, SignatureVersion: '2' })).toBe(200);
  await tenant.api.message(sent.body['id'], 'DELIVERED');

  const foreign = TOPIC_ARN.replace('carillon', 'other');
  expect(await tell(channel.webhookUrl, { Message: event, TopicArn: foreign })).toBe(401);
  // One certificate for all of them.
  expect(servers['aws-ses'].ledger.filter(({ path }) => path === CERTIFICATE_PATH)).toHaveLength(1);
});

it('sends an SMS with one Publish, and takes an answer from the topic', async () => {
  const channel = await addChannel('aws-sns');
  expect(await tenant.api.post(`/channels/${channel.id}/verify`)).toMatchObject({ body: { verified: true } });
  const message = { channelId: channel.id, to: '+14155552671', content: { text: 'Hello Ada' } };
  const sent = await tenant.api.post('/messages', message);
  await tenant.api.message(sent.body['id'], 'SENT');
  const published = servers['aws-sns'].ledger.filter(({ body }) => body['Action'] === 'Publish');
  expect(published.map(({ violations }) => violations)).toEqual([[]]);

  const answer = {
    originationNumber: '+14155552671',
    destinationNumber: '+12065550152',
    messageKeyword: 'KEYWORD_000000000000',
    messageBody: 'Hello back',
    inboundMessageId: 'cae173d2-66b9-564c-8309-21f858e9fb84',
    previousPublishedMessageId: published[0]!.messageId,
  };
  expect(await tell(channel.webhookUrl, { Message: JSON.stringify(answer) })).toBe(200);
  const rows = (body: Record<string, unknown>) => body['data'] as { content: unknown; from: string }[];
  const inbox = await tenant.api.until('/messages?status=RECEIVED', ({ body }) => rows(body).length > 0);
  expect(JSON.stringify(rows(inbox.body)[0])).toContain('Hello back');
});
