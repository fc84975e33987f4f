import type { Kafka, logLevel, SASLOptions } from 'kafkajs';
import type { Config } from '../config';
import { log } from './log';

const CONNECT_MS = 5_000;
const REQUEST_MS = 10_000;

/** The operator's Kafka; undefined where there is none. The library is loaded only where it is used. */
export async function openKafka(config: Config): Promise<Kafka | undefined> {
  const { KAFKA_BROKERS, KAFKA_CLIENT_ID, KAFKA_TLS } = config;
  if (KAFKA_BROKERS === undefined) return undefined;
  const { Kafka: Client, logLevel: level } = await import('kafkajs');
  return new Client({
    brokers: KAFKA_BROKERS.split(',').map((each) => each.trim()),
    clientId: KAFKA_CLIENT_ID,
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    ssl: KAFKA_TLS === 'true',
    ...saslOf(config),
    retry: { retries: 0 }, // whoever publishes comes again by itself
    logLevel: level.WARN,
    logCreator: () => (entry) => note(entry, level.WARN),
  });
}

function saslOf({ KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD }: Config) {
  if (mechanism === undefined) return {};
  return { sasl: { mechanism, username: KAFKA_SASL_USERNAME, password: KAFKA_SASL_PASSWORD } as SASLOptions };
}

/** What the library says goes to our log, without the parts that could hold what was sent. */
function note(
  { level, namespace, log: { message } }: { level: logLevel; namespace: string; log: { message: string } },
  warn: logLevel,
): void {
  log[level === warn ? 'info' : 'warn']({ event: namespace }, `kafka: ${message}`);
}
