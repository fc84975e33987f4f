import { Injectable } from '@nestjs/common';
import { setInterest } from '../../events/event-interest.queries';
import { audit } from '../../permissions/audit';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { CHANNEL_TYPES } from '../../providers/provider';
import { templateFaults } from '../../templates/template-reference.queries';
import type { PutRouteDto, RouteResponse } from './notification-route.dto';
import { hasFallback, putRoute, routesOf, type Route } from './notification-route.queries';
import { ReadyTemplates } from './ready-templates';

/** The name under which notifications want to know what became of a message. */
const CONSUMER = 'notifications';
/** After these a message reaches nobody. */
export const LOST = ['message.failed', 'message.suppressed'] as const;

/** How notifications of each topic reach people. */
@Injectable()
export class NotificationRoutesService {
  constructor(
    private readonly db: TenantDb,
    private readonly ready: ReadyTemplates,
  ) {}

  /** Throws Problem 404 for no such topic. */
  get({ tenantId }: Caller, topic: string): Promise<RouteResponse> {
    return this.db.run(tenantId, async (tx) => view(await existing(tx, topic)));
  }

  /** Holds for the next event. Throws Problem 404 for no such topic, 422 for a template that is none of the channel type. */
  put(caller: Caller, topic: string, input: PutRouteDto): Promise<RouteResponse> {
    const { mode, channels, purpose, fallbackMinutes } = input;
    return this.db.run(caller.tenantId, async (tx) => {
      const usual = await existing(tx, topic);
      const faults = await templateFaults(tx, named(input));
      if (faults.length) throw Problem.invalidFields(faults);
      const templates = Object.fromEntries(
        named(input).map(({ channelType, templateId }) => [channelType, templateId]),
      );
      await putRoute(tx, {
        ...{ topic, mode, channels, templates },
        purpose: purpose ?? usual.purpose,
        fallbackMinutes: fallbackMinutes ?? 60,
      });
      await this.ready.ensure(tx, topic);
      await setInterest(tx, CONSUMER, (await hasFallback(tx)) ? LOST : []);
      await audit(tx, caller, 'notification_route.replaced', 'notification_route', topic, { mode, channels });
      return view(await existing(tx, topic));
    });
  }
}

function named({ templates = {} }: PutRouteDto) {
  return CHANNEL_TYPES.flatMap((channelType) => {
    const templateId = templates[channelType];
    return templateId == null ? [] : [{ pointer: `/templates/${channelType}`, templateId, channelType }];
  });
}

async function existing(tx: Tx, topic: string): Promise<Route> {
  const route = (await routesOf(tx, [topic])).get(topic);
  if (!route) throw Problem.notFound('topic');
  return route;
}

function view({ updatedAt, ...route }: Route): RouteResponse {
  return { ...route, updatedAt: updatedAt?.toISOString() ?? null };
}
