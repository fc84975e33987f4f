/** A fixed number of places, given to those who wait by rank (0 first) and then by order of arrival. */
export class Slots {
  private free: number;
  private readonly queues: (() => void)[][];

  constructor(
    readonly total: number,
    ranks: number,
  ) {
    this.free = total;
    this.queues = Array.from({ length: ranks }, () => []);
  }

  /** Resolves when a place is taken; give it back with `release`. */
  async acquire(rank: number): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.queues[rank]?.push(resolve));
  }

  release(): void {
    const next = this.queues.find((queue) => queue.length)?.shift();
    if (next) next();
    else this.free++;
  }

  get inUse(): number {
    return this.total - this.free;
  }
}
