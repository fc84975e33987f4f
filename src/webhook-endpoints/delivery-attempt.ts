import { Injectable } from '@nestjs/common';
import { auditOwn } from '../permissions/audit';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { log } from '../platform/log';
import { webhookDeliveries } from '../platform/metrics';
import type { ClaimedDelivery } from './claim.queries';
import { cloudEvent } from './cloud-event';
import { DeliveryCall, type CallResult, type ReadyCall } from './delivery-call';
import { disableEndpoint, findEndpoint } from './endpoint.queries';
import { EndpointSecrets } from './endpoint-secrets';
import { EventData } from './event-data';
import { askedMs, waitMs } from './retry-schedule';
import {
  beginAttempt,
  noteFailing,
  noteResult,
  releaseDelivery,
  settleDelivered,
  settleFailed,
} from './settle.queries';

/** An endpoint that has done nothing but fail for so long is switched off. */
const FAILING_DAYS = 5;

const GONE = 410;

/** A call that is noted and not made yet. */
interface Begun {
  call: ReadyCall;
  attemptNo: number;
  tries: number;
}

/** One delivery, once: noted, made, settled. A process that dies in between leaves the lease to bring it back. */
@Injectable()
export class DeliveryAttempt {
  constructor(
    private readonly db: TenantDb,
    private readonly secrets: EndpointSecrets,
    private readonly data: EventData,
    private readonly call: DeliveryCall,
  ) {}

  async make(delivery: ClaimedDelivery, signal: AbortSignal): Promise<void> {
    const begun = await this.db.run(delivery.tenantId, (tx) => this.begin(tx, delivery));
    if (!begun) return;
    const result = await this.call.make(begun.call, signal);
    // Broken off because this process ends: that says nothing about the endpoint.
    const isBrokenOff = signal.aborted && result.statusCode === null;
    await this.db.run(delivery.tenantId, (tx) =>
      isBrokenOff ? releaseDelivery(tx, delivery) : settle(tx, delivery, { begun, result }),
    );
  }

  private async begin(tx: Tx, delivery: ClaimedDelivery): Promise<Begun | undefined> {
    const endpoint = await findEndpoint(tx, delivery.endpointId);
    if (endpoint?.status !== 'ACTIVE') {
      await releaseDelivery(tx, delivery);
      return undefined;
    }
    const noted = await beginAttempt(tx, delivery);
    if (!noted) return undefined;
    const { eventId: id, type, at, data, attemptNo, tries } = noted;
    const whole = await this.data.read(tx, { type, data }, endpoint.piiTypes);
    const body = JSON.stringify(cloudEvent(tx.tenantId, { id, type, at, data }, whole));
    const headers = this.secrets.headers(endpoint, { id, at: new Date(), body });
    return { call: { url: endpoint.url, headers, body }, attemptNo, tries };
  }
}

async function settle(
  tx: Tx,
  delivery: ClaimedDelivery,
  { begun: { attemptNo, tries }, result }: { begun: Begun; result: CallResult },
): Promise<void> {
  const { id, endpointId } = delivery;
  const { statusCode, retryAfter } = result;
  const isTaken = statusCode !== null && statusCode >= 200 && statusCode < 300;
  webhookDeliveries.inc({ outcome: isTaken ? 'delivered' : 'failed' });
  if (isTaken) {
    await settleDelivered(tx, delivery, statusCode);
    return noteResult(tx, { id, attemptNo }, result);
  }
  const isOver = await noteFailing(tx, endpointId, FAILING_DAYS);
  const isGone = statusCode === GONE;
  const wait = isGone ? null : (waitMs(tries, askedMs(retryAfter, new Date())) ?? null);
  await settleFailed(tx, delivery, { statusCode, waitMs: wait, reason: isGone ? 'gone' : 'exhausted' });
  await noteResult(tx, { id, attemptNo }, result);
  if (isGone || isOver) await disable(tx, endpointId, isGone ? 'gone' : 'failing');
}

async function disable(tx: Tx, endpointId: string, reason: 'gone' | 'failing'): Promise<void> {
  if (!(await disableEndpoint(tx, endpointId, reason))) return;
  await auditOwn(tx, 'webhook_endpoint.disabled', 'webhook_endpoint', endpointId, { reason });
  log.warn({ tenantId: tx.tenantId, endpointId, reason }, 'a webhook endpoint was switched off');
}
