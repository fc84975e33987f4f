import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { TenantDb } from '../platform/db/tenant-db';
import { WorkerDb } from '../platform/db/worker-db';
import { Problem } from '../platform/http/problem';
import { log } from '../platform/log';
import { openEventStreams } from '../platform/metrics';
import { Loop } from '../platform/work/loop';
import { Wake } from '../platform/work/wake';
import { WorkLoops } from '../platform/work/work-loops';
import { Reader } from './reader';
import { endedInterests, endInterest, wantForAnHour } from './stream-interest';
import { eventsAfter } from './stream.queries';

const LOOK_MS = 300;
const HEARTBEAT_MS = 15_000;
const INTEREST_MS = 60_000;
const PAGE = 500;

/** Open streams of one tenant in one process. */
const MOST_OF_A_TENANT = 20;

/** A stream ends after a while, and the reader comes back with its key or its token, which may have been revoked meanwhile. */
const LONGEST_MS = 300_000;

/**
 * Everybody who reads events as they happen. One look for all readers of a tenant at the same place, by a loop of this process:
 * never in the context of a request, whose rights would hold for the others as well.
 */
@Injectable()
export class EventStreams implements OnModuleInit, OnModuleDestroy {
  /** Rung when a reader that had enough wants more. */
  readonly wake = new Wake();
  private readonly readers = new Map<string, Set<Reader>>();
  private readonly loops = [
    new Loop('event streams', () => this.look(), LOOK_MS, this.wake),
    new Loop('event stream interest', () => this.keepInterest(), INTEREST_MS),
  ];
  private heartbeat: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly db: TenantDb,
    private readonly worker: WorkerDb,
    loops: WorkLoops,
  ) {
    loops.add(new Loop('ended event stream interest', () => this.endInterest(), INTEREST_MS));
  }

  onModuleInit(): void {
    for (const loop of this.loops) loop.start();
    this.heartbeat = setInterval(() => this.beat(), HEARTBEAT_MS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.close();
    clearInterval(this.heartbeat);
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /** Throws Problem 429 where a tenant has enough streams, 503 where this process ends. */
  assertRoom(tenantId: string): void {
    if (this.isClosed) throw Problem.unavailable();
    if ((this.readers.get(tenantId)?.size ?? 0) >= MOST_OF_A_TENANT) throw Problem.rateLimited(5);
  }

  /** Tells a reader what happens from its place on, until `close` of its connection calls what is answered here. */
  add(reader: Reader): () => void {
    const { tenantId } = reader.hearing;
    const readers = this.readers.get(tenantId) ?? new Set();
    this.readers.set(tenantId, readers.add(reader));
    openEventStreams.inc();
    const timer = setTimeout(() => reader.end(), LONGEST_MS * (0.8 + Math.random() * 0.4)).unref();
    return () => {
      clearTimeout(timer);
      if (!readers.delete(reader)) return;
      openEventStreams.dec();
      if (!readers.size && this.readers.get(tenantId) === readers) this.readers.delete(tenantId);
    };
  }

  /** Open streams of this process. */
  get count(): number {
    return [...this.readers.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Ends all streams at once, and opens none any more. */
  close(): void {
    this.isClosed = true;
    for (const readers of this.readers.values()) for (const reader of readers) reader.end();
  }

  private async look(): Promise<number> {
    let found = 0;
    for (const [tenantId, readers] of this.readers) {
      const places = Map.groupBy(
        [...readers].filter((reader) => reader.isReady),
        (reader) => reader.place.seq,
      );
      for (const [seq, together] of places) {
        const events = await this.db.run(tenantId, (tx) => eventsAfter(tx, seq, PAGE));
        for (const reader of together) reader.tell(events);
        if (events.length === PAGE) found += 1; // there may be more: at once
      }
    }
    return found;
  }

  private beat(): void {
    for (const readers of this.readers.values())
      for (const reader of readers) {
        reader.beat();
        reader.endIfStalled(performance.now());
      }
  }

  private async keepInterest(): Promise<number> {
    for (const [tenantId, readers] of this.readers) {
      const types = new Set([...readers].flatMap(({ hearing }) => [...hearing.types]));
      await this.db.run(tenantId, (tx) => wantForAnHour(tx, [...types]));
    }
    return 0;
  }

  private async endInterest(): Promise<number> {
    const ended = await endedInterests(this.worker.sql);
    for (const { tenantId, consumer } of ended) {
      await this.db.run(tenantId, (tx) => endInterest(tx, consumer));
      log.debug({ tenantId }, 'nobody reads the events of this tenant any more');
    }
    return 0;
  }
}
