import type { FauxqsServer } from 'fauxqs' with { 'resolution-mode': 'import' };

/** A stand-in for SQS and SNS, with a topic that passes everything on to a queue. */
export interface OrderQueue {
  server: FauxqsServer;
  topic: string;
  queue: string;
  /** As a source of events is connected to it. */
  source: { kind: 'sqs'; settings: Record<string, string>; credentials: Record<string, string> };
  /** Publishes to the topic. */
  publish(message: unknown): void;
  /** Sends to the queue itself. */
  send(message: unknown): void;
  /** How many messages it still has, those included that somebody is about to acknowledge. */
  left(): number;
  stop(): Promise<void>;
}

/** @param raw the subscription passes messages on without the envelope of SNS */
export async function startOrderQueue({ raw = false }: { raw?: boolean } = {}): Promise<OrderQueue> {
  const { startFauxqs } = await import('fauxqs');
  const server = await startFauxqs({ port: 0, logger: false });
  const [topic, queue] = ['orders', 'order-messages'];
  const { queueUrl } = server.createQueue(queue);
  server.createTopic(topic);
  server.subscribe({ topic, queue, attributes: { RawMessageDelivery: String(raw) } });
  const textOf = (message: unknown) => (typeof message === 'string' ? message : JSON.stringify(message));
  return {
    server,
    topic,
    queue,
    source: {
      kind: 'sqs',
      settings: { queueUrl, region: 'us-east-1', endpoint: server.address },
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    },
    publish: (message) => void server.publish(topic, textOf(message)),
    send: (message) => void server.sendMessage(queue, textOf(message)),
    left: () => {
      const { ready, delayed, inflight } = server.inspectQueue(queue)?.messages ?? {
        ready: [],
        delayed: [],
        inflight: [],
      };
      return ready.length + delayed.length + inflight.length;
    },
    stop: () => server.stop(),
  };
}
