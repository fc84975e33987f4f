import { LANE_NAMES, type Lane } from './retry-policy';

/** How much of what a worker holds each lane may fill: room is always left for the more urgent ones. */
const SHARE: Readonly<Record<Lane, number>> = { otp: 1, transactional: 0.9, bulk: 0.75 };

/** Messages held for each provider call in flight: enough that calls never wait for a claim. */
const HELD_PER_CALL = 3;

/** Messages held for each provider call in flight at which more are claimed: every lane then has room for a good claim. */
const LOW_WATER = 1.25;

/** Calls in flight of which one may be shared by many messages: those are long, and the urgent lanes wait for a free one. */
const CALLS_PER_SHARED = 8;

/**
 * How many messages a worker may hold. Those that go alone count one by one; those that were claimed to share calls count by
 * their parcels, one of which is claimed ahead of the calls in flight.
 */
export class Room {
  /** Most calls in flight that many messages share. */
  readonly sharedCalls: number;
  private readonly held: Record<Lane, number> = { otp: 0, transactional: 0, bulk: 0 };
  private parcels = 0;

  /** @param calls most provider calls in flight. */
  constructor(private readonly calls: number) {
    this.sharedCalls = Math.min(calls, Math.max(2, Math.floor(calls / CALLS_PER_SHARED)));
  }

  take(lane: Lane): void {
    this.held[lane]++;
  }

  /** Answers whether it is time to claim more. */
  leave(lane: Lane): boolean {
    this.held[lane]--;
    return this.total <= this.calls * LOW_WATER;
  }

  takeParcel(): void {
    this.parcels++;
  }

  leaveParcel(): void {
    this.parcels--;
  }

  /** How many more messages of a lane may be held; 0 while it is too few to be worth a claim. */
  of(lane: Lane): number {
    const capacity = this.calls * HELD_PER_CALL;
    // Whatever a lane holds beyond its share (a parcel that fell apart) takes nothing from the others.
    const taken = LANE_NAMES.reduce((sum, name) => sum + Math.min(this.held[name], capacity * SHARE[name]), 0);
    const limit = Math.floor(capacity * SHARE[lane] - taken);
    return limit >= this.calls || this.total === 0 ? Math.max(1, limit) : 0;
  }

  /** Whether another parcel may be claimed: the calls have a place for it, or will soon. */
  get hasPlaceForParcel(): boolean {
    return this.parcels <= this.sharedCalls && this.held.bulk <= this.calls * LOW_WATER;
  }

  private get total(): number {
    return this.held.otp + this.held.transactional + this.held.bulk;
  }
}
