import { Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { TenantDb } from '../../platform/db/tenant-db';
import { WorkerDb } from '../../platform/db/worker-db';
import { EgressFault } from '../../platform/egress/egress-fault';
import { GuardedClient, WEBHOOK } from '../../platform/egress/guarded-client';
import type { DueThing } from '../../platform/time/clock';
import { Loop } from '../../platform/work/loop';
import { WorkLoops } from '../../platform/work/work-loops';
import { listDueCalls, MOST_CALLS, settleCall, takeCall, type TakenCall } from './call.queries';
import { SigningSecrets } from './signing-secrets';

const IDLE_MS = 500;
const MOST_AT_ONCE = 50;
const LANES = 8;

/** Makes the calls that steps asked for: each attempt is written down before, so that no crash makes more of them than it may. */
@Injectable()
export class WebhookCalls {
  constructor(
    private readonly db: TenantDb,
    private readonly worker: WorkerDb,
    private readonly client: GuardedClient,
    private readonly secrets: SigningSecrets,
    loops: WorkLoops,
  ) {
    loops.add(new Loop('calls of rules', () => this.look(), IDLE_MS));
  }

  private async look(): Promise<number> {
    const due = await listDueCalls(this.worker.sql, MOST_AT_ONCE);
    const found = due.length;
    const lane = async (): Promise<void> => {
      for (let next = due.shift(); next; next = due.shift()) await this.make(next);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return found;
  }

  private async make({ tenantId, id }: DueThing): Promise<void> {
    const call = await this.db.run(tenantId, (tx) => takeCall(tx, id));
    if (!call) return;
    const facts = { ...(await this.outcomeOf(tenantId, call)), tries: call.tries };
    const isDone = 'status' in facts && facts.status >= 200 && facts.status < 300;
    const isOver = call.tries >= MOST_CALLS || 'code' in facts;
    const end = isDone ? 'DONE' : isOver ? 'FAILED' : null;
    await this.db.run(tenantId, (tx) => settleCall(tx, call, { end, facts }));
  }

  private async outcomeOf(
    tenantId: string,
    call: TakenCall,
  ): Promise<{ status: number } | { fault: string } | { code: string }> {
    if (call.tries > MOST_CALLS) return { code: 'gave_up' };
    if (call.secret === null) return { code: 'no_signing_secret' };
    const secret = this.secrets.open(tenantId, call.ruleId, call.secret);
    try {
      const answer = await this.client.fetch({ ...requestOf(call, secret), url: call.url }, WEBHOOK);
      answer.body.destroy();
      return { status: answer.status };
    } catch (error) {
      if (!(error instanceof EgressFault)) throw error;
      return error.why === 'not_allowed' ? { code: 'not_allowed' } : { fault: error.why };
    }
  }
}

/** As Standard Webhooks says: the id is that of the call, the same with every attempt. */
function requestOf({ id, body }: TakenCall, secret: string) {
  const now = new Date();
  return {
    method: 'POST' as const,
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, now, body),
    },
  };
}
