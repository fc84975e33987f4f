import { Injectable } from '@nestjs/common';
import { log } from '../log';
import { scheduleOccurrences } from '../metrics';
import { Loop } from '../work/loop';
import { WorkLoops } from '../work/work-loops';

/** One that is due, over all tenants. */
export interface DueThing {
  tenantId: string;
  id: string;
}

/**
 * A kind of thing that has its time: a feature registers one for each (Clock.register, in its onModuleInit). Whether something
 * is due is asked of the database, by `clock_timestamp()` and no other clock.
 */
export interface TimedThings {
  /** In log lines and figures: `recurring messages`. */
  readonly kind: string;
  /**
   * Does what is due now, or some of it, and answers how much was done. Each occurrence and the step to the next one are one
   * commit, so that another process, or the same after a crash, finds it done or not begun.
   */
  runDue(): Promise<number>;
  /**
   * Works out anew what was asked for by a wall clock, after the rules of time zones may have changed. Answers how many now
   * stand elsewhere.
   */
  followZones(): Promise<number>;
}

/** How a time was spent; all of these are alerts but FIRED. */
export type OccurrenceOutcome = 'FIRED' | 'MISSED' | 'FAILED';

const CLOCK_MS = 200;
const ZONES_MS = 86_400_000;
const AT_ONCE = 4;

/** Sees to it that what has its time happens at that time. Any number of processes may run one. */
@Injectable()
export class Clock {
  private readonly kinds: TimedThings[] = [];

  constructor(loops: WorkLoops) {
    loops.add(
      new Loop('clock', () => this.tick(), CLOCK_MS),
      // At the start and once a day: the rules of time zones come with a new version of Node.
      new Loop('time zones', () => this.followZones().then(() => 0), ZONES_MS),
    );
  }

  register(things: TimedThings): void {
    this.kinds.push(things);
  }

  /** One look at everything. A kind that fails does not hold up the others; its error comes after they had their turn. */
  tick(): Promise<number> {
    return this.each((things) => things.runDue());
  }

  followZones(): Promise<number> {
    return this.each(async (things) => {
      const moved = await things.followZones();
      if (moved) log.info({ event: things.kind, count: moved }, 'times moved with the rules of their time zones');
      return moved;
    });
  }

  private async each(look: (things: TimedThings) => Promise<number>): Promise<number> {
    const results = await Promise.allSettled(this.kinds.map(look));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
    return results.reduce((sum, result) => sum + (result.status === 'fulfilled' ? result.value : 0), 0);
  }
}

/**
 * Runs each, some at a time, and answers how many were done. One that fails stays due and comes again; the others go on.
 * @param run answers false where somebody else has it.
 */
export async function runEach(
  things: readonly DueThing[],
  run: (thing: DueThing) => Promise<boolean>,
): Promise<number> {
  const waiting = [...things];
  let done = 0;
  const lane = async (): Promise<void> => {
    for (let thing = waiting.shift(); thing; thing = waiting.shift())
      try {
        if (await run(thing)) done++;
      } catch (error) {
        log.warn({ err: error, tenantId: thing.tenantId, scheduleId: thing.id }, 'what is due could not be done');
      }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return done;
}

/** Tells operators what became of a time: in figures, and in the log where nothing was sent. */
export function reportOccurrence(kind: string, thing: DueThing, outcome: OccurrenceOutcome, times = 1): void {
  scheduleOccurrences.inc({ kind, outcome }, times);
  if (outcome === 'FIRED') return;
  const words =
    outcome === 'MISSED' ? 'a time was missed: nothing was sent for it' : 'nothing could be sent at its time';
  log.warn({ tenantId: thing.tenantId, scheduleId: thing.id, event: kind, outcome, count: times }, words);
}
