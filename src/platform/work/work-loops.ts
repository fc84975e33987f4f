import { Injectable } from '@nestjs/common';
import type { Loop } from './loop';

/** What worker processes repeat: a feature adds its loops when it is made, and the worker starts and stops them all. */
@Injectable()
export class WorkLoops {
  private readonly loops: Loop[] = [];

  add(...loops: readonly Loop[]): void {
    this.loops.push(...loops);
  }

  get all(): readonly Loop[] {
    return this.loops;
  }
}
