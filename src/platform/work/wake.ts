/** A bell inside one process: whoever waits for work goes on at once when somebody rings, else when the time is up. */
export class Wake {
  private ring: (() => void) | undefined;
  private rung = false;

  /** Says that there is work. A ring that nobody waits for is kept for the next one who does. */
  now(): void {
    this.rung = true;
    this.ring?.();
  }

  /** Resolves at the next ring, or after `ms`. One waiter at a time. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.ring = undefined;
        this.rung = false;
        resolve();
      };
      const timer = setTimeout(done, ms);
      if (this.rung) done();
      else this.ring = done;
    });
  }
}
