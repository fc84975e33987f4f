import type { Message } from '@aws-sdk/client-sqs';
import type { GuardedLookup } from '../../platform/egress/guarded-lookup';
import type { Consuming, OpenSource, Sink } from './consuming';
import { queueHost } from './source-settings';

/** The most that SQS gives at a time. */
const AT_ONCE = 10;
const LONG_POLL_SECONDS = 20;
const CONNECT_MS = 5_000;
/** What could not be stored comes again after so long; SQS counts how often, for a queue with a redrive policy. */
const AGAIN_AFTER_SECONDS = 5;
const HIDDEN_SECONDS = 60;
const STOP_MS = 10_000;

/** Reads a queue of SQS until it is stopped. Throws EgressFault for a server that may not be called. */
export async function consumeQueue(source: OpenSource, guard: GuardedLookup, sink: Sink): Promise<Consuming> {
  const { queueUrl = '', region = '', endpoint } = source.settings;
  guard.checkDigits(queueHost(source.settings));
  // Only those who have such a source pay for the libraries.
  const { SQSClient } = await import('@aws-sdk/client-sqs');
  const { Consumer } = await import('sqs-consumer');
  const { accessKeyId = '', secretAccessKey = '', sessionToken } = source.credentials;
  const sqs = new SQSClient({
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    ...(endpoint !== undefined && { endpoint }),
    requestHandler: {
      ...guard.agents(),
      connectionTimeout: CONNECT_MS,
      requestTimeout: (LONG_POLL_SECONDS + 10) * 1000,
    },
    // Without these the SDK looks for them in the environment and in files of the home directory.
    maxAttempts: 3,
    retryMode: 'standard',
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
  });
  const consumer = Consumer.create({
    queueUrl,
    sqs,
    useQueueUrlAsEndpoint: endpoint === undefined,
    batchSize: AT_ONCE,
    waitTimeSeconds: LONG_POLL_SECONDS,
    visibilityTimeout: HIDDEN_SECONDS,
    terminateVisibilityTimeout: AGAIN_AFTER_SECONDS,
    pollingCompleteWaitTimeMs: STOP_MS,
    suppressFifoWarning: true,
    handleMessageBatch: async (messages: Message[]) => {
      await sink.take(messages.map(({ Body = '', MessageId = '' }) => ({ body: Body, sourceId: `sqs:${MessageId}` })));
      return messages;
    },
  });
  consumer.on('error', (error) => sink.report(error));
  consumer.on('processing_error', (error) => sink.report(error));
  consumer.on('empty', () => sink.works());
  consumer.start();
  return {
    isOver: () => false,
    stop: async () => {
      const stopped = new Promise((resolve) => consumer.once('stopped', resolve));
      consumer.stop({ abort: true });
      await stopped;
      sqs.destroy();
    },
  };
}
