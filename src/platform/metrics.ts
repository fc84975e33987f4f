import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Figures of this process for Prometheus. Never with a tenant as label: their number has no bound. */
export const metrics = new Registry();

collectDefaultMetrics({ register: metrics });

export const httpDuration = new Histogram({
  name: 'carillon_http_request_duration_seconds',
  help: 'Time from the request line to the end of the answer, by route template and status class',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
  registers: [metrics],
});

export const messagesAccepted = new Counter({
  name: 'carillon_messages_accepted_total',
  help: 'Messages that were stored to be sent, from requests, bulk sends and schedules',
  labelNames: ['channel_type', 'lane'] as const,
  registers: [metrics],
});

export const messagesDispatched = new Counter({
  name: 'carillon_messages_dispatched_total',
  help: 'Messages handed to a provider, each attempt counted, those of a shared call one by one',
  labelNames: ['provider', 'channel_type'] as const,
  registers: [metrics],
});

export const messagesSettled = new Counter({
  name: 'carillon_messages_settled_total',
  help: 'What an attempt or the gate made of messages; QUEUED: it comes again; outcome none: the gate said no',
  labelNames: ['status', 'outcome'] as const,
  registers: [metrics],
});

export const settledCost = new Counter({
  name: 'carillon_settled_cost_total',
  help: 'Cost of messages as it was known when the provider took them, by its answer or the price table',
  labelNames: ['provider', 'channel_type', 'currency'] as const,
  registers: [metrics],
});

export const sendOutcomes = new Counter({
  name: 'carillon_provider_calls_total',
  help: 'Messages in provider calls by what came of them',
  labelNames: ['provider', 'channel_type', 'outcome'] as const,
  registers: [metrics],
});

export const sendDuration = new Histogram({
  name: 'carillon_provider_call_duration_seconds',
  help: 'Duration of provider calls',
  labelNames: ['provider'] as const,
  buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
  registers: [metrics],
});

export const webhookCalls = new Counter({
  name: 'carillon_webhook_calls_total',
  help: 'Calls from providers by verdict',
  labelNames: ['provider', 'verdict'] as const,
  registers: [metrics],
});

export const webhookLag = new Histogram({
  name: 'carillon_webhook_lag_seconds',
  help: 'From the arrival of a call from a provider to the commit of what it means',
  labelNames: ['provider'] as const,
  buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600],
  registers: [metrics],
});

export const providerEvents = new Counter({
  name: 'carillon_provider_events_total',
  help: 'What providers reported in calls that were processed, copies included',
  labelNames: ['provider', 'channel_type', 'type'] as const,
  registers: [metrics],
});

export const webhookBacklog = new Gauge({
  name: 'carillon_webhook_backlog',
  help: 'Calls from providers that are stored and not processed yet, over all tenants',
  registers: [metrics],
});

export const webhookAge = new Gauge({
  name: 'carillon_webhook_oldest_seconds',
  help: 'How long the oldest call from a provider that is not processed yet has waited',
  registers: [metrics],
});

export const channelBreakers = new Gauge({
  name: 'carillon_channel_breakers',
  help: 'Channels that are in use by the state of their breaker',
  labelNames: ['provider', 'channel_type', 'state'] as const,
  registers: [metrics],
});

export const campaignsAtWork = new Gauge({
  name: 'carillon_campaigns',
  help: 'Bulk sends that have not ended, by status',
  labelNames: ['status'] as const,
  registers: [metrics],
});

export const monthCost = new Gauge({
  name: 'carillon_cost_month',
  help: 'What messages of this month cost over all tenants, corrections of providers included',
  labelNames: ['currency'] as const,
  registers: [metrics],
});

export const budgetAlerts = new Counter({
  name: 'carillon_budget_alerts_total',
  help: 'Thresholds of budgets that were reached; limit: whether the budget was used up',
  labelNames: ['limit'] as const,
  registers: [metrics],
});

export const budgetHolds = new Gauge({
  name: 'carillon_budget_held_tenants',
  help: 'Tenants whose budget is used up, so that their messages wait',
  registers: [metrics],
});

export const queueDepth = new Gauge({
  name: 'carillon_queue_messages',
  help: 'Messages that are due and wait for a worker, over all tenants',
  labelNames: ['lane'] as const,
  registers: [metrics],
});

export const queueAge = new Gauge({
  name: 'carillon_queue_oldest_seconds',
  help: 'How long the oldest message that is due has waited',
  labelNames: ['lane'] as const,
  registers: [metrics],
});

export const scheduleOccurrences = new Counter({
  name: 'carillon_schedule_occurrences_total',
  help: 'Times of schedules by what came of them; MISSED and FAILED are to be looked at',
  labelNames: ['kind', 'outcome'] as const,
  registers: [metrics],
});

export const eventsAtWork = new Gauge({
  name: 'carillon_events',
  help: 'Events that are due and were not handed out yet, and those that failed',
  labelNames: ['status'] as const,
  registers: [metrics],
});

export const webhookDeliveries = new Counter({
  name: 'carillon_webhook_deliveries_total',
  help: 'Calls of endpoints of tenants by what came of them',
  labelNames: ['outcome'] as const,
  registers: [metrics],
});

export const openEventStreams = new Gauge({
  name: 'carillon_event_streams',
  help: 'Streams of server-sent events that are open in this process',
  registers: [metrics],
});

export const kafkaBacklog = new Gauge({
  name: 'carillon_kafka_backlog_events',
  help: 'Events that are still to be published to Kafka, over all tenants',
  registers: [metrics],
});

export const kafkaPublished = new Counter({
  name: 'carillon_kafka_published_total',
  help: 'Events that Kafka has taken',
  registers: [metrics],
});

export const trackingHits = new Counter({
  name: 'carillon_tracking_hits_total',
  help: 'Followed links and fetched pictures of tracked messages; lost ones could not be stored',
  labelNames: ['kind', 'result'] as const,
  registers: [metrics],
});
