import { Injectable } from '@nestjs/common';

/** Whether this process wants more requests. A load balancer asks before the doors close, not after. */
@Injectable()
export class Readiness {
  stopping = false;
  /** Set while this is a copy from a backup that nobody confirmed: nothing is sent. */
  restored = false;
}
