interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit: items that wait at the same moment share one flush. No timer; a batch is what arrived while the ones before
 * it were being written, so an idle system flushes a single item at once and a busy one flushes many together. A second
 * flush beside the first begins only for a good number of items: two small commits cost more than the wait for one.
 */
export class Batcher<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private flushing = 0;
  private idle: (() => void)[] = [];

  /**
   * @param flush writes a batch and answers one result an item, in their order.
   * @param options.maxSize most items in one flush. @param options.inFlight most flushes at once.
   * @param options.worthSecond fewest items for which a flush begins beside another one.
   * @param options.aloneAfter says of a flush's error whether one bad item may be its cause: then each is tried alone.
   */
  constructor(
    private readonly flush: (items: Item[]) => Promise<Result[]>,
    private readonly options: {
      maxSize: number;
      inFlight: number;
      worthSecond: number;
      aloneAfter?: (error: unknown) => boolean;
    },
  ) {}

  /** Answers when the item's flush is committed. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      // After the current turn: everything that this turn of the event loop brought goes together.
      const { length } = this.waiting;
      if (length === 1 || length === this.options.worthSecond) setImmediate(() => this.pump());
    });
  }

  /** How many items wait for a flush to start. */
  get depth(): number {
    return this.waiting.length;
  }

  /** Resolves when nothing waits and nothing is being written. */
  drained(): Promise<void> {
    if (!this.waiting.length && !this.flushing) return Promise.resolve();
    return new Promise((resolve) => this.idle.push(resolve));
  }

  private pump(): void {
    while (this.mayFlush()) {
      const batch = this.waiting.splice(0, this.options.maxSize);
      this.flushing++;
      void this.write(batch).finally(() => {
        this.flushing--;
        this.pump();
        if (!this.waiting.length && !this.flushing) for (const done of this.idle.splice(0)) done();
      });
    }
  }

  private mayFlush(): boolean {
    const { inFlight, worthSecond } = this.options;
    const fewest = this.flushing === 0 ? 1 : worthSecond;
    return this.waiting.length >= fewest && this.flushing < inFlight;
  }

  private async write(batch: Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.flush(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, i) => resolve(results[i] as Result));
    } catch (error) {
      if (batch.length === 1 || !this.options.aloneAfter?.(error)) for (const { reject } of batch) reject(error);
      else for (const one of batch) await this.write([one]); // one bad row must not take the others with it
    }
  }
}
