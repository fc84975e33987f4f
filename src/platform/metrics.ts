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

export const sendOutcomes = new Counter({
  name: 'carillon_provider_calls_total',
  help: 'Provider calls by what came of them',
  labelNames: ['provider', 'outcome'] as const,
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

export const trackingHits = new Counter({
  name: 'carillon_tracking_hits_total',
  help: 'Followed links and fetched pictures of tracked messages; lost ones could not be stored',
  labelNames: ['kind', 'result'] as const,
  registers: [metrics],
});
