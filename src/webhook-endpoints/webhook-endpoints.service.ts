import { Injectable } from '@nestjs/common';
import { audit } from '../permissions/audit';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import { EgressFault } from '../platform/egress/egress-fault';
import { GuardedClient } from '../platform/egress/guarded-client';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page, PageQuery } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import type {
  CreateWebhookEndpointDto,
  UpdateWebhookEndpointDto,
  WebhookEndpointResponse,
  WebhookEndpointWithSecret,
} from './endpoint.dto';
import {
  countEndpoints,
  endQueue,
  findEndpoint,
  followFilters,
  holdEndpoints,
  listEndpoints,
} from './endpoint.queries';
import { rightsOf } from './endpoint-rights';
import { EndpointSecrets } from './endpoint-secrets';
import { endpointView } from './endpoint.view';
import { WebhookEndpoint } from './webhook-endpoint.entity';

/** Each event is told to each of them. */
const MOST_ENDPOINTS = 50;

const OVERLAP_MS = 24 * 3_600_000;

@Injectable()
export class WebhookEndpointsService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly secrets: EndpointSecrets,
    private readonly outside: GuardedClient,
  ) {}

  /** The answer holds the secret. Throws Problem 403 for what the caller may not read, 409 for one too many, 422. */
  create(
    caller: Caller,
    { url, description, eventTypes }: CreateWebhookEndpointDto,
  ): Promise<WebhookEndpointWithSecret> {
    this.checkUrl(url);
    const rights = rightsOf(caller, eventTypes);
    const { tenantId } = caller;
    const id = uuidv7();
    const secret = this.secrets.make();
    const sealed = this.secrets.seal({ tenantId, id, secretVersion: 1 }, secret);
    return this.db.run(tenantId, async (tx) => {
      await holdEndpoints(tx);
      if ((await countEndpoints(tx)) >= MOST_ENDPOINTS)
        throw Problem.conflict('conflict', `There are ${MOST_ENDPOINTS} webhook endpoints already; delete one first.`);
      const row = { tenantId, id, url, description: description ?? null, eventTypes, ...rights, secret: sealed };
      await tx.manager.insert(WebhookEndpoint, row);
      await followFilters(tx);
      await audit(tx, caller, 'webhook_endpoint.created', 'webhook_endpoint', id, { eventTypes });
      return { ...endpointView(await endpointRow(tx, id)), secret };
    });
  }

  /** Newest first. Throws Problem 400 for a cursor of another list. */
  async list({ tenantId }: Caller, query: PageQuery): Promise<Page<WebhookEndpointResponse>> {
    const list = { tenantId, route: 'GET /webhook-endpoints', query };
    const after = this.cursors.after(list);
    const endpoints = await this.db.run(tenantId, (tx) => listEndpoints(tx, query.limit, after));
    return this.cursors.page(list, endpoints.map(endpointView));
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<WebhookEndpointResponse> {
    return this.db.run(tenantId, async (tx) => endpointView(await endpointRow(tx, id)));
  }

  /**
   * Changes the fields that are named. Whoever sets where it leads or what it is told has it told no more than they may read.
   * Throws Problem 403, 404, 422.
   */
  update(caller: Caller, id: string, input: UpdateWebhookEndpointDto): Promise<WebhookEndpointResponse> {
    if (input.url !== undefined) this.checkUrl(input.url);
    return this.db.run(caller.tenantId, async (tx) => {
      await holdEndpoints(tx);
      const endpoint = await endpointRow(tx, id);
      const { url, eventTypes, description, status } = input;
      const leadsElsewhere = url !== undefined || eventTypes !== undefined;
      await tx.manager.update(
        WebhookEndpoint,
        { tenantId: tx.tenantId, id },
        {
          ...(url !== undefined && { url }),
          ...(eventTypes !== undefined && { eventTypes }),
          ...(description !== undefined && { description }),
          ...(leadsElsewhere && rightsOf(caller, eventTypes ?? endpoint.eventTypes)),
          ...(status !== undefined && status !== endpoint.status && SWITCHED[status]()),
          updatedAt: new Date(),
        },
      );
      if (status === 'DISABLED') await endQueue(tx, id, 'endpoint_disabled');
      if (eventTypes !== undefined) await followFilters(tx);
      const fields = Object.keys(input);
      await audit(tx, caller, 'webhook_endpoint.updated', 'webhook_endpoint', id, { fields });
      return endpointView(await endpointRow(tx, id));
    });
  }

  /** Soft, so that its log can still be kept for its time. Throws Problem 404. */
  remove(caller: Caller, id: string): Promise<void> {
    return this.db.run(caller.tenantId, async (tx) => {
      await holdEndpoints(tx);
      await endpointRow(tx, id);
      await tx.manager.update(
        WebhookEndpoint,
        { tenantId: tx.tenantId, id },
        { deletedAt: new Date(), oldSecret: null },
      );
      await endQueue(tx, id, 'endpoint_deleted');
      await followFilters(tx);
      await audit(tx, caller, 'webhook_endpoint.deleted', 'webhook_endpoint', id, {});
    });
  }

  /** Makes a new secret; for a day calls are signed with both. Throws Problem 404. */
  rotateSecret(caller: Caller, id: string): Promise<WebhookEndpointWithSecret> {
    const secret = this.secrets.make();
    return this.db.run(caller.tenantId, async (tx) => {
      await holdEndpoints(tx);
      const endpoint = await endpointRow(tx, id);
      const secretVersion = endpoint.secretVersion + 1;
      await tx.manager.update(
        WebhookEndpoint,
        { tenantId: tx.tenantId, id },
        {
          secret: this.secrets.seal({ ...endpoint, secretVersion }, secret),
          secretVersion,
          oldSecret: endpoint.secret,
          oldSecretUntil: new Date(Date.now() + OVERLAP_MS),
          updatedAt: new Date(),
        },
      );
      await audit(tx, caller, 'webhook_endpoint.secret_rotated', 'webhook_endpoint', id, {});
      return { ...endpointView(await endpointRow(tx, id)), secret };
    });
  }

  private checkUrl(url: string): void {
    try {
      this.outside.checkForm(url);
    } catch (error) {
      if (error instanceof EgressFault) throw Problem.invalidField('/url', error.message);
      throw error;
    }
  }
}

const SWITCHED = {
  ACTIVE: () => ({ status: 'ACTIVE', disabledReason: null, disabledAt: null, failingSince: null }),
  DISABLED: () => ({ status: 'DISABLED', disabledReason: 'manual', disabledAt: new Date() }),
} as const;

/** Throws Problem 404, the same for another tenant's id. */
export async function endpointRow(tx: Tx, id: string): Promise<WebhookEndpoint> {
  const endpoint = await findEndpoint(tx, id);
  if (!endpoint) throw Problem.notFound('webhook endpoint');
  return endpoint;
}
