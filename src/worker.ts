import { Injectable } from '@nestjs/common';
import { Config } from './config';
import { Caretaker } from './messages/dispatch/caretaker';
import { Dispatcher } from './messages/dispatch/dispatcher';
import { Upkeep } from './messages/dispatch/upkeep';
import { Loop } from './platform/work/loop';
import { WorkLoops } from './platform/work/work-loops';
import { SandboxCallbacks } from './sandbox/sandbox-callbacks';
import { Incoming } from './webhooks/incoming';

const HEARTBEATS_IN_DEAD_TIME = 6;
const REAP_MS = 5_000;
const DOUBT_MS = 1_000;
const FILES_MS = 60_000;
const CONTENTS_MS = 2_000;
const BUDGETS_MS = 2_000;
const PRUNE_MS = 60_000;
/** Calls in flight get so long at the end; the rest is left to the lease. */
const GRACE_MS = 25_000;

/** Everything that a worker process repeats, and how it ends. */
@Injectable()
export class Worker {
  private readonly loops: Loop[];
  private readonly heartbeat: Loop;

  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly caretaker: Caretaker,
    config: Config,
    incoming: Incoming,
    sandbox: SandboxCallbacks,
    upkeep: Upkeep,
    private readonly others: WorkLoops,
  ) {
    const none = async (work: Promise<unknown>): Promise<number> => work.then(() => 0);
    const beatMs = (config.WORKER_DEAD_SECONDS * 1000) / HEARTBEATS_IN_DEAD_TIME;
    this.heartbeat = new Loop('heartbeat', () => none(caretaker.beat()), beatMs);
    this.loops = [
      new Loop('reaper', () => caretaker.reap(), REAP_MS),
      new Loop('expiry', () => caretaker.expire(), REAP_MS),
      new Loop('doubts', () => caretaker.settleDoubts(), DOUBT_MS),
      ...incoming.loops,
      new Loop('sandbox', () => sandbox.bringDue(), config.WORKER_POLL_MS, sandbox.wake),
      new Loop('files', () => upkeep.files.tidy(), FILES_MS),
      new Loop('file contents', () => upkeep.files.store(), CONTENTS_MS),
      new Loop('budgets', () => upkeep.budgets.look(), BUDGETS_MS),
      new Loop('pruning', () => none(upkeep.prune()), PRUNE_MS),
    ];
  }

  async start(): Promise<void> {
    await this.caretaker.beat(); // a worker that is not on the list counts as dead, and so would all it takes
    this.heartbeat.start();
    this.dispatcher.start();
    for (const loop of [...this.loops, ...this.others.all]) loop.start();
  }

  /** Takes nothing new at once; gives calls in flight their time; signs off, so that what is left is taken over soon. */
  async stop(): Promise<void> {
    await this.dispatcher.stop(GRACE_MS);
    await Promise.all([...this.loops, ...this.others.all].map((loop) => loop.stop()));
    await this.heartbeat.stop();
    await this.caretaker.signOff();
  }
}
