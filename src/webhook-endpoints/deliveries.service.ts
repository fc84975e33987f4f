import { Injectable } from '@nestjs/common';
import { audit } from '../permissions/audit';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import { DeliveriesWorker } from './deliveries-worker';
import type {
  DeliveryParams,
  DeliveryQuery,
  DeliveryResponse,
  DeliveryWithAttempts,
  ReplayDto,
  ReplayResponse,
} from './delivery.dto';
import {
  attemptsOf,
  findDelivery,
  listDeliveries,
  queueTest,
  replayEvents,
  retryDelivery,
  type AttemptRow,
  type DeliveryRow,
} from './delivery.queries';
import { TEST_EVENT, typesOf } from './event-filter';
import { endpointRow } from './webhook-endpoints.service';

const MOST_REPLAYED = 10_000;

/** The log of deliveries, and telling things again. */
@Injectable()
export class DeliveriesService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly worker: DeliveriesWorker,
  ) {}

  /** Throws Problem 404, 409 for an endpoint that is switched off. */
  async test(caller: Caller, endpointId: string): Promise<DeliveryResponse> {
    const id = uuidv7();
    const queued = await this.db.run(caller.tenantId, async (tx) => {
      await activeEndpoint(tx, endpointId);
      await queueTest(tx, { id, eventId: uuidv7(), endpointId, type: TEST_EVENT });
      return read(tx, endpointId, id);
    });
    this.worker.wake.now();
    return deliveryView(queued);
  }

  /** Throws Problem 404 for an endpoint that is not the caller's. */
  async list(caller: Caller, endpointId: string, query: DeliveryQuery): Promise<Page<DeliveryResponse>> {
    const { tenantId } = caller;
    const list = { tenantId, route: `GET /webhook-endpoints/${endpointId}/deliveries`, query };
    const { status = null, type = null, limit } = query;
    const after = this.cursors.after(list);
    const rows = await this.db.run(tenantId, async (tx) => {
      await endpointRow(tx, endpointId);
      return listDeliveries(tx, { endpointId, status, type, after, limit });
    });
    return this.cursors.page(list, rows.map(deliveryView));
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, { id, deliveryId }: DeliveryParams): Promise<DeliveryWithAttempts> {
    return this.db.run(tenantId, async (tx) => {
      await endpointRow(tx, id);
      const delivery = await read(tx, id, deliveryId);
      const attempts = await attemptsOf(tx, deliveryId);
      return { ...deliveryView(delivery), event: delivery.data, log: attempts.map(attemptView) };
    });
  }

  /** Throws Problem 404, 409 for an endpoint that is switched off and for a delivery that is being told at this moment. */
  async retry(caller: Caller, { id, deliveryId }: DeliveryParams): Promise<DeliveryResponse> {
    const delivery = await this.db.run(caller.tenantId, async (tx) => {
      await activeEndpoint(tx, id);
      await read(tx, id, deliveryId);
      if (!(await retryDelivery(tx, deliveryId)))
        throw Problem.conflict('conflict', 'The endpoint is being told of this event at this moment.');
      await audit(tx, caller, 'webhook_delivery.retried', 'webhook_endpoint', id, { deliveryId });
      return read(tx, id, deliveryId);
    });
    this.worker.wake.now();
    return deliveryView(delivery);
  }

  /** Throws Problem 404, 409 for an endpoint that is switched off. */
  async replay(caller: Caller, id: string, { since, types }: ReplayDto): Promise<ReplayResponse> {
    const events = await this.db.run(caller.tenantId, async (tx) => {
      const endpoint = await activeEndpoint(tx, id);
      const wanted = typesOf(types ?? endpoint.eventTypes);
      const filter = { endpointId: id, since: new Date(since), types: wanted, limit: MOST_REPLAYED };
      const replayed = await replayEvents(tx, filter);
      await audit(tx, caller, 'webhook_endpoint.replayed', 'webhook_endpoint', id, { since, events: replayed.length });
      return replayed;
    });
    this.worker.wake.now();
    const last = events.length === MOST_REPLAYED ? events.at(-1) : undefined;
    return { queued: events.filter(({ queued }) => queued).length, next: last?.at.toISOString() ?? null };
  }
}

async function activeEndpoint(tx: Tx, id: string) {
  const endpoint = await endpointRow(tx, id);
  if (endpoint.status !== 'ACTIVE')
    throw Problem.conflict('conflict', 'The endpoint is switched off: set its status to ACTIVE first.');
  return endpoint;
}

async function read(tx: Tx, endpointId: string, id: string): Promise<DeliveryRow> {
  const delivery = await findDelivery(tx, endpointId, id);
  if (!delivery) throw Problem.notFound('webhook delivery');
  return delivery;
}

function deliveryView(d: DeliveryRow): DeliveryResponse {
  return {
    id: d.id,
    endpointId: d.endpointId,
    eventId: d.eventId,
    type: d.type,
    status: d.status,
    failure: d.reason,
    attempts: d.attempts,
    statusCode: d.statusCode,
    nextAttemptAt: d.status === 'PENDING' ? d.dueAt.toISOString() : null,
    at: d.at.toISOString(),
    createdAt: d.createdAt.toISOString(),
    finishedAt: d.finishedAt?.toISOString() ?? null,
  };
}

function attemptView({ attemptNo, startedAt, durationMs, statusCode, fault, answer }: AttemptRow) {
  return { no: attemptNo, startedAt: startedAt.toISOString(), durationMs, statusCode, fault, body: answer };
}
