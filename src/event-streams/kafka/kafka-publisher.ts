import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Producer } from 'kafkajs';
import { Config } from '../../config';
import { EventConsumers, type EventConsumer } from '../../events/event-consumers';
import { OWN_EVENT_TYPES } from '../../events/event-types';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { WorkerDb } from '../../platform/db/worker-db';
import { openKafka } from '../../platform/kafka';
import { log } from '../../platform/log';
import { kafkaBacklog, kafkaPublished } from '../../platform/metrics';
import { Loop } from '../../platform/work/loop';
import { WorkLoops } from '../../platform/work/work-loops';
import { cloudEvent } from '../../webhook-endpoints/cloud-event';
import { eventsAfter, type StreamedEvent } from '../stream.queries';
import {
  claimStreams,
  countWaiting,
  notePostponed,
  notePublished,
  wantPublished,
  type ClaimedStream,
} from './kafka.queries';

const PUBLISH_MS = 200;
const FIGURES_MS = 15_000;
const STREAMS_AT_ONCE = 20;
const PAGE = 500;
const POSTPONED_SECONDS = 2;

/** All brokers that keep a copy have it. */
const ACKS_OF_ALL = -1;

const TOLD = new Set<string>(OWN_EVENT_TYPES);

/** Publishes what Carillon tells to Kafka, each tenant's events in their order, at least once. Does nothing where Kafka is off. */
@Injectable()
export class KafkaPublisher implements EventConsumer, OnModuleInit, OnApplicationShutdown {
  readonly name = 'kafka';
  private readonly isOn: boolean;
  private producer: Producer | undefined;

  constructor(
    private readonly db: TenantDb,
    private readonly worker: WorkerDb,
    private readonly config: Config,
    private readonly consumers: EventConsumers,
    loops: WorkLoops,
  ) {
    this.isOn = config.KAFKA_BROKERS !== undefined;
    if (!this.isOn) return;
    loops.add(
      new Loop('kafka', () => this.publishDue(), PUBLISH_MS),
      new Loop('kafka figures', () => this.refreshFigures(), FIGURES_MS),
    );
  }

  onModuleInit(): void {
    if (this.isOn) this.consumers.register(this);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.disconnect();
  }

  take(tx: Tx): Promise<void> {
    return wantPublished(tx);
  }

  /** Publishes what is due. Answers how many streams that were. */
  async publishDue(): Promise<number> {
    const streams = await claimStreams(this.worker.sql, STREAMS_AT_ONCE);
    for (const stream of streams) await this.publish(stream);
    return streams.length;
  }

  private async publish(stream: ClaimedStream): Promise<void> {
    const { tenantId } = stream;
    try {
      const events = await this.db.run(tenantId, (tx) => eventsAfter(tx, stream.seq, PAGE));
      const told = events.filter(({ type }) => TOLD.has(type));
      if (told.length) await this.send(tenantId, told);
      kafkaPublished.inc(told.length);
      const published = { seq: events.at(-1)?.seq ?? stream.seq, isMore: events.length === PAGE };
      await this.db.run(tenantId, (tx) => notePublished(tx, stream, published));
    } catch (error) {
      log.warn({ err: error, tenantId }, 'events could not be published to Kafka: they wait');
      await this.disconnect(); // a new connection is the cure for most of it
      await this.db.run(tenantId, (tx) => notePostponed(tx, stream, POSTPONED_SECONDS));
    }
  }

  private async send(tenantId: string, events: readonly StreamedEvent[]): Promise<void> {
    const producer = await this.connected();
    const byTopic = Map.groupBy(events, ({ type }) => `${this.config.KAFKA_EVENTS_TOPIC}.${type.split('.')[0]}`);
    const topicMessages = [...byTopic].map(([topic, list]) => ({
      topic,
      messages: list.map((event) => recordOf(tenantId, event)),
    }));
    await producer.sendBatch({ topicMessages, acks: ACKS_OF_ALL });
  }

  private async connected(): Promise<Producer> {
    if (this.producer) return this.producer;
    const kafka = await openKafka(this.config);
    if (!kafka) throw new Error('Kafka is off');
    // One request at a time: what is sent again cannot overtake what is sent next.
    const producer = kafka.producer({ maxInFlightRequests: 1 });
    this.producer = producer;
    await producer.connect();
    return producer;
  }

  private async disconnect(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  private async refreshFigures(): Promise<number> {
    kafkaBacklog.set(await countWaiting(this.worker.sql));
    return 0;
  }
}

/** The same key, the same partition: what happens to a contact keeps its order. */
function recordOf(tenantId: string, event: StreamedEvent) {
  const { clientReference: _, ...data } = event.data; // may hold anything; everything else is an id or a state
  const key = [data['contactId'], data['sessionId'], data['messageId']].find((id) => typeof id === 'string');
  return {
    key: String(key ?? event.id),
    value: JSON.stringify(cloudEvent(tenantId, { ...event, data })),
    headers: { 'content-type': 'application/cloudevents+json', 'tenant-id': tenantId },
    timestamp: String(event.at.getTime()),
  };
}
