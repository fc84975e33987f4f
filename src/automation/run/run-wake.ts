import { Injectable } from '@nestjs/common';
import { Wake } from '../../platform/work/wake';

/** Rung when a run became due in this process. */
@Injectable()
export class RunWake {
  readonly wake = new Wake();
}
