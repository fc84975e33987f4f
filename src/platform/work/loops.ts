import { Injectable } from '@nestjs/common';
import type { Loop } from './loop';

/** Work that features repeat in a worker process: they add it, the worker starts and ends it. */
@Injectable()
export class Loops {
  private readonly all: { loop: Loop; after: (() => Promise<void>) | undefined }[] = [];

  /** @param after runs when the loop has ended for good. */
  add(loop: Loop, after?: () => Promise<void>): void {
    this.all.push({ loop, after });
  }

  start(): void {
    for (const { loop } of this.all) loop.start();
  }

  /** Resolves when every step that is running is over. */
  async stop(): Promise<void> {
    await Promise.all(
      this.all.map(async ({ loop, after }) => {
        await loop.stop();
        await after?.();
      }),
    );
  }
}
