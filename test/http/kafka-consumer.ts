import { Kafka, logLevel } from 'kafkajs';

/** A record as a consumer of ours gets it. */
export interface ConsumedRecord {
  topic: string;
  key: string;
  tenantId: string;
  headers: Record<string, string>;
  event: { id: string; type: string; source: string; data: Record<string, unknown> };
}

export interface Consumed {
  records: ConsumedRecord[];
  stop(): Promise<void>;
}

/** Reads topics from their beginning on, as somebody else's program would. */
export async function consume(brokers: string, topics: string[]): Promise<Consumed> {
  const records: ConsumedRecord[] = [];
  const kafka = new Kafka({ brokers: [brokers], clientId: 'reader', logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: 'reader' });
  await consumer.connect();
  await consumer.subscribe({ topics, fromBeginning: true });
  await consumer.run({
    eachMessage: ({ topic, message: { key, value, headers = {} } }) => {
      const texts = Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)]));
      const event = JSON.parse(String(value)) as ConsumedRecord['event'];
      records.push({ topic, key: String(key), tenantId: texts['tenant-id'] ?? '', headers: texts, event });
      return Promise.resolve();
    },
  });
  return { records, stop: () => consumer.disconnect() };
}
