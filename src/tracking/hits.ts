import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { log } from '../platform/log';
import { trackingHits } from '../platform/metrics';
import { HitLedger, type Hit } from './hit-ledger';

/** A person waits no longer for the redirect than this. */
const PATIENCE_MS = 150;
/** How long to wait before each further try, when the database does not answer. */
const WAITS_MS: readonly number[] = [500, 5_000, 30_000];
/** Hits on their way into the database; what comes beyond is lost, and counted as lost. */
const MOST_PENDING = 2_000;
const MOST_KNOWN = 20_000;

/**
 * Takes hits in. A hit is stored before its request is answered, unless that takes too long: nobody waits for our database. Then it
 * is kept in memory and tried again, and what cannot be stored in the end is counted and logged.
 */
@Injectable()
export class Hits implements OnModuleDestroy {
  private readonly pending = new Set<Promise<void>>();
  /** Hits that need not be looked at again, oldest first: a link that is followed a thousand times costs one transaction. */
  private readonly known = new Set<string>();
  private readonly stopping = new AbortController();

  constructor(private readonly ledger: HitLedger) {}

  /** Resolves when the hit is stored, or when the person has waited long enough. Never rejects. */
  async note(hit: Hit): Promise<void> {
    const key = keyOf(hit);
    if (this.known.has(key)) return count(hit, 'repeated');
    if (this.pending.size >= MOST_PENDING) return lost(hit, 'too many at once');
    const stored = this.store(hit, key);
    this.pending.add(stored);
    void stored.finally(() => this.pending.delete(stored));
    await Promise.race([stored, pause(PATIENCE_MS, undefined, { ref: false })]);
  }

  /** What is on its way is stored, or tried once more, before the database is closed. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.drained();
  }

  /** Resolves when what has come until now is stored, or lost. */
  async drained(): Promise<void> {
    await Promise.all(this.pending);
  }

  private async store(hit: Hit, key: string): Promise<void> {
    for (const waitMs of [...WAITS_MS, undefined]) {
      try {
        const { result, isFinal } = await this.ledger.store(hit);
        count(hit, result);
        if (result === 'scan') this.forget(hit);
        if (isFinal) this.remember(key);
        return;
      } catch (error) {
        log.warn({ err: error, tenantId: hit.mark.tenantId }, 'a click or an opening is not stored yet');
        if (waitMs === undefined || this.stopping.signal.aborted) break;
        await pause(waitMs, undefined, { ref: false, signal: this.stopping.signal }).catch(() => undefined);
      }
    }
    lost(hit, 'the database did not take it');
  }

  private remember(key: string): void {
    const [oldest] = this.known;
    if (this.known.size >= MOST_KNOWN && oldest !== undefined) this.known.delete(oldest);
    this.known.add(key);
  }

  /** Clicks of this message were taken back: the person's own are still to come. */
  private forget({ mark }: Hit): void {
    for (const key of this.known) if (key.startsWith(mark.messageId)) this.known.delete(key);
  }
}

function keyOf({ mark, isByMachine }: Hit): string {
  return [mark.messageId, mark.kind, isByMachine, mark.target].join(' ');
}

function count({ mark }: Hit, result: string): void {
  trackingHits.inc({ kind: mark.kind, result });
}

function lost(hit: Hit, why: string): void {
  count(hit, 'lost');
  log.error({ tenantId: hit.mark.tenantId, messageId: hit.mark.messageId, why }, 'a click or an opening is lost');
}
