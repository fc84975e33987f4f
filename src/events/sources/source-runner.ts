import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import { WorkerDb } from '../../platform/db/worker-db';
import { GuardedLookup } from '../../platform/egress/guarded-lookup';
import { log } from '../../platform/log';
import { Loop } from '../../platform/work/loop';
import { WorkLoops } from '../../platform/work/work-loops';
import { faultName, type Consuming, type OpenSource, type Sink } from './consuming';
import { EventSource } from './event-source.entity';
import { holdSources, noteError, releaseSources, type HeldSource } from './event-source.queries';
import { consumeTopic } from './kafka-source';
import { SourceIntake } from './source-intake';
import { SourceSecrets } from './source-secrets';
import { consumeQueue } from './sqs-source';

const LOOK_MS = 1_000;
/** A process that was not heard of for so long loses its sources to another. */
const LEASE_SECONDS = 15;
/** Sources of one process; the others wait for another process. */
const MOST_SOURCES = 200;
const AGAIN_MS = 10_000;

const CONSUMERS = { sqs: consumeQueue, kafka: consumeTopic } as const;

interface Running {
  source: HeldSource;
  /** Resolves when it is being read, or cannot be. */
  consuming: Promise<Consuming | undefined>;
  active?: Consuming | undefined;
  /** What is the matter with it, as it was last written down; undefined: not looked at yet. */
  fault?: string | null;
  /** When one that could not be begun is begun anew, by performance.now(). */
  againAt?: number;
}

/**
 * Reads the queues and topics of all tenants: each in one process at a time, which has a lease on it. When a lease is lost two may
 * read the same source for a moment; what both take is one event.
 */
@Injectable()
export class SourceRunner implements OnApplicationShutdown {
  private readonly owner = uuidv7();
  private readonly running = new Map<string, Running>();

  constructor(
    private readonly db: TenantDb,
    private readonly worker: WorkerDb,
    private readonly secrets: SourceSecrets,
    private readonly intake: SourceIntake,
    private readonly guard: GuardedLookup,
    loops: WorkLoops,
  ) {
    loops.add(new Loop('event sources', () => this.look(), LOOK_MS));
  }

  private async look(): Promise<number> {
    const lease = { owner: this.owner, seconds: LEASE_SECONDS, most: MOST_SOURCES };
    const held = new Map((await holdSources(this.worker.sql, lease)).map((source) => [source.id, source]));
    const over = [...this.running].filter(([id, each]) => isToEnd(each, held.get(id)));
    await Promise.all(over.map(([id, each]) => this.end(id, each)));
    for (const [id, source] of held) if (!this.running.has(id)) this.begin(source);
    return 0;
  }

  private begin(source: HeldSource): void {
    const running: Running = { source, consuming: Promise.resolve(undefined) };
    this.running.set(source.id, running);
    running.consuming = this.consume(running).then(
      (active) => (running.active = active),
      (error: unknown) => {
        this.note(running, faultName(error));
        running.againAt = performance.now() + AGAIN_MS;
        return undefined;
      },
    );
  }

  private async consume(running: Running): Promise<Consuming | undefined> {
    const { tenantId, id } = running.source;
    const source = await this.db.run(tenantId, (tx) => tx.manager.findOneBy(EventSource, { tenantId, id }));
    if (!source || source.kind === 'sns') return undefined;
    const credentials = this.secrets.openIfReadable(source);
    if (!credentials) throw Object.assign(new Error('unreadable'), { name: 'CredentialsUnreadable' });
    const open: OpenSource = { id, settings: source.settings, credentials };
    const sink: Sink = {
      take: async (arrived) => {
        await this.intake.take({ tenantId, id, kind: source.kind }, arrived);
        running.fault = null; // as the row says now
      },
      report: (error) => this.note(running, faultName(error)),
      works: () => this.note(running, null),
    };
    return CONSUMERS[source.kind](open, this.guard, sink);
  }

  private async end(id: string, { consuming }: Running): Promise<void> {
    this.running.delete(id);
    const active = await consuming;
    await active
      ?.stop()
      .catch((error: unknown) => log.warn({ err: error, event: 'event source' }, 'a source did not stop'));
  }

  /** On the row of the source, for the tenant; once, however often it is said. */
  private note(running: Running, fault: string | null): void {
    if (running.fault === fault) return;
    running.fault = fault;
    const { tenantId, id } = running.source;
    if (fault !== null) log.warn({ tenantId, sourceId: id, reason: fault }, 'an event source does not work');
    this.db.run(tenantId, (tx) => noteError(tx, id, fault)).catch(() => delete running.fault); // said again, it is written again
  }

  /** Another process goes on at once. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.running.size) return;
    await Promise.all([...this.running].map(([id, each]) => this.end(id, each)));
    await releaseSources(this.worker.sql, this.owner);
  }
}

function isToEnd(running: Running, held: HeldSource | undefined): boolean {
  if (!held || held.revision !== running.source.revision) return true;
  if (running.active?.isOver()) return true;
  return running.againAt !== undefined && performance.now() >= running.againAt;
}
