import { Injectable, type OnModuleInit } from '@nestjs/common';
import { tellEvents, type ToldEvent } from '../../events/tell';
import { TenantDb } from '../../platform/db/tenant-db';
import { WorkerDb } from '../../platform/db/worker-db';
import { Clock, dueTogether, runParts, type DueTogether, type TimedThings } from '../../platform/time/clock';
import { completeQuiet, findLate, findQuiet, holdQuiet, markLate, type LateSession } from './session-clock.queries';

const MOST_AT_ONCE = 500;

/** Ends conversations after silence, and notices those that were not answered in time. */
@Injectable()
export class SessionClock implements TimedThings, OnModuleInit {
  readonly kind = 'sessions';

  constructor(
    private readonly clock: Clock,
    private readonly worker: WorkerDb,
    private readonly db: TenantDb,
  ) {}

  onModuleInit(): void {
    this.clock.register(this);
  }

  async runDue(): Promise<number> {
    const late = await findLate(this.worker.sql, MOST_AT_ONCE);
    const told = await runParts(dueTogether(late), (part) => this.tellLate(part));
    const quiet = await findQuiet(this.worker.sql, MOST_AT_ONCE);
    const done = await runParts(dueTogether(quiet), (part) => this.complete(part));
    return told + done;
  }

  /** Nothing here stands by a wall clock. */
  followZones(): Promise<number> {
    return Promise.resolve(0);
  }

  private tellLate({ tenantId, ids }: DueTogether): Promise<number> {
    return this.db.run(tenantId, async (tx) => {
      const late = await markLate(tx, ids);
      await tellEvents(tx, late.map(overdue));
      return late.length;
    });
  }

  private complete({ tenantId, ids }: DueTogether): Promise<number> {
    return this.db.run(tenantId, async (tx) => {
      const held = await holdQuiet(tx, ids);
      // Asked in a statement of its own: it sees what was committed while this one waited for nobody.
      if (held.length) await completeQuiet(tx, held);
      return held.length;
    });
  }
}

/** Once for each time to answer that went by: written down in the same commit. Ids and times only, as all events of Carillon. */
function overdue({ id, contactId, channelType, dueAt, waitingSince, ...session }: LateSession): ToldEvent {
  const { channelId, status, assignedTo } = session;
  const times = { dueAt: dueAt.toISOString(), waitingSince: waitingSince?.toISOString() ?? null };
  return {
    type: 'session.overdue',
    source: 'carillon',
    contactId,
    sessionId: id,
    channelType,
    data: { sessionId: id, contactId, channelId, channelType, status, assignedTo, ...times },
  };
}
