import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { uuidv7 } from '../../platform/db/uuid';

/** Who this worker is: a new id for each start, so that nothing a former life held can be mistaken for its own. */
@Injectable()
export class WorkerIdentity {
  readonly id = uuidv7();
  readonly host = hostname();
  readonly pid = process.pid;
}
