import type { WebhookEndpointResponse } from './endpoint.dto';
import type { WebhookEndpoint } from './webhook-endpoint.entity';

/** An endpoint as the API shows it: named fields only, and never its secret. */
export function endpointView(e: WebhookEndpoint): WebhookEndpointResponse {
  const overlaps = e.oldSecret !== null && e.oldSecretUntil !== null && e.oldSecretUntil > new Date();
  return {
    id: e.id,
    url: e.url,
    description: e.description,
    eventTypes: e.eventTypes,
    status: e.status,
    disabledReason: e.disabledReason,
    disabledAt: e.disabledAt?.toISOString() ?? null,
    failingSince: e.failingSince?.toISOString() ?? null,
    channelTypes: e.messageTypes,
    personalDataOn: e.piiTypes,
    previousSecretUntil: overlaps ? (e.oldSecretUntil?.toISOString() ?? null) : null,
    createdAt: e.createdAt.toISOString(),
    updatedAt: e.updatedAt.toISOString(),
  };
}
