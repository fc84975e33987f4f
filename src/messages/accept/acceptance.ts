import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import { Problem } from '../../platform/http/problem';
import { Batcher } from '../../platform/work/batcher';
import { countAccepted } from './accepted-figures';
import { acceptMessages, type Accepted, type NewMessage } from './accept.queries';

interface Waiting {
  tenantId: string;
  message: NewMessage;
}

/** Requests beyond this many waiting are told to come back, instead of being kept hanging. */
const MOST_WAITING = 20_000;

/**
 * The durable accept: what waits at the same moment is stored in one commit, each tenant's rows in that tenant's own
 * context. When the commit fails, each message is tried alone, so that one bad row fails alone (docs/adr/0002).
 */
@Injectable()
export class Acceptance {
  private readonly batcher: Batcher<Waiting, Accepted>;
  /** Idempotency keys on their way: a second request with one of them is told so at once. */
  private readonly busy = new Set<string>();

  constructor(private readonly db: TenantDb) {
    this.batcher = new Batcher((waiting) => this.store(waiting), {
      maxSize: 250,
      inFlight: 2,
      worthSecond: 64,
      aloneAfter: isDataError,
    });
  }

  /** Resolves after the commit. Throws Problem 503 when too many wait, or when the database is away. */
  async add(tenantId: string, message: NewMessage): Promise<Accepted> {
    if (this.batcher.depth >= MOST_WAITING) throw Problem.unavailable();
    if (!message.idempotency) return this.batcher.add({ tenantId, message });
    const key = `${tenantId} ${message.idempotency.route} ${message.idempotency.key}`;
    if (this.busy.has(key)) return { outcome: 'KEY_BUSY' };
    this.busy.add(key);
    return this.batcher.add({ tenantId, message }).finally(() => this.busy.delete(key));
  }

  /** Resolves when every message that was added is stored or refused. */
  drained(): Promise<void> {
    return this.batcher.drained();
  }

  private async store(waiting: Waiting[]): Promise<Accepted[]> {
    const results = new Map<string, Accepted>();
    // One order for everybody: two flushes that meet in the same tenants must take their locks in the same sequence.
    const tenants = [...Map.groupBy(waiting, ({ tenantId }) => tenantId)].sort(([a], [b]) => (a < b ? -1 : 1));
    await this.db.runTogether(
      tenants.map(([tenantId, items]) => ({
        tenantId,
        run: async (sql) => {
          const messages = items.map(({ message }) => message);
          const outcomes = await acceptMessages(sql, tenantId, messages);
          messages.forEach(({ id }, i) => results.set(id, outcomes[i] ?? { outcome: 'KEY_BUSY' }));
        },
      })),
    );
    countAccepted(waiting.flatMap(({ message }) => (results.get(message.id)?.outcome === 'STORED' ? [message] : [])));
    return waiting.map(({ message }) => results.get(message.id) ?? { outcome: 'KEY_BUSY' });
  }
}

/** Classes 22 (data) and 23 (integrity) of SQLSTATE: the fault of a row, not of the server. */
function isDataError(error: unknown): boolean {
  return /^2[23]/.test(String((error as { code?: unknown }).code));
}
