import type { EachBatchPayload, KafkaConfig, SASLOptions } from 'kafkajs';
import type { GuardedLookup } from '../../platform/egress/guarded-lookup';
import type { Consuming, OpenSource, Sink } from './consuming';

/** So many are one transaction. */
const AT_ONCE = 100;
const CONNECT_MS = 5_000;
const TRIES = 4;
const MOST_WAIT_MS = 1_000;

/** Reads a topic of Kafka as a member of its consumer group, until it is stopped. Throws what kafkajs does. */
export async function consumeTopic(source: OpenSource, guard: GuardedLookup, sink: Sink): Promise<Consuming> {
  const { topic = '', groupId = '' } = source.settings;
  // Only those who have such a source pay for the library.
  const { Kafka, logLevel } = await import('kafkajs');
  const kafka = new Kafka({ ...placeOf(source, guard), logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: MOST_WAIT_MS,
    // One that begins anew by itself does so after it was stopped as well; whoever has the source begins it anew.
    retry: { retries: TRIES, restartOnFailure: () => Promise.resolve(false) },
  });
  let isOver = false;
  consumer.on('consumer.crash', ({ payload }) => {
    sink.report(payload.error);
    isOver = true;
  });
  consumer.on('consumer.group_join', () => sink.works());
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (batch) => takeBatch(source, batch, sink),
    });
  } catch (error) {
    await consumer.disconnect().catch(() => undefined);
    throw error;
  }
  return { isOver: () => isOver, stop: () => consumer.disconnect() };
}

/** The offset is committed after our own commit: whoever dies between the two takes the same messages again, which are known. */
async function takeBatch(source: OpenSource, payload: EachBatchPayload, sink: Sink): Promise<void> {
  const { topic, partition, messages } = payload.batch;
  for (let at = 0; at < messages.length && payload.isRunning() && !payload.isStale(); at += AT_ONCE) {
    const some = messages.slice(at, at + AT_ONCE);
    const last = some.at(-1)?.offset ?? '0';
    // A message without a value only says that an earlier one of its key is to be forgotten.
    await sink.take(
      some.flatMap(({ value, offset }) =>
        value === null
          ? []
          : [{ body: value.toString(), sourceId: `kafka:${source.id}:${topic}-${partition}-${offset}` }],
      ),
    );
    payload.resolveOffset(last);
    const offset = (BigInt(last) + 1n).toString();
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
    await payload.heartbeat();
  }
}

/** Every broker is connected to through the guard, those that brokers name too. */
function placeOf({ settings, credentials }: OpenSource, guard: GuardedLookup): KafkaConfig {
  const { brokers = [], tls = true, saslMechanism: mechanism } = settings;
  const { username = '', password = '' } = credentials;
  return {
    clientId: 'carillon',
    brokers,
    ssl: tls,
    ...(mechanism !== undefined && { sasl: { mechanism, username, password } as SASLOptions }),
    connectionTimeout: CONNECT_MS,
    retry: { retries: TRIES },
    socketFactory: ({ host, port, ssl, onConnect }) => guard.connect({ host, port }, ssl ?? null, onConnect),
  };
}
