import { IsIn, IsInt, Max, Min } from 'class-validator';
import { Key, Whole } from './config-key';
import { ProcessConfig } from './config-process';

/** How much a process does at a time, how often it looks, and how long it waits. */
export class WorkConfig extends ProcessConfig {
  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  @Key('LOG_LEVEL', 'trace, debug, info, warn, error, fatal or silent.', 'info')
  LOG_LEVEL: string;

  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  @Whole()
  @Key('RATE_LIMIT_PER_MINUTE', 'Requests a minute that one API key may make of one process.', 60_000)
  RATE_LIMIT_PER_MINUTE: number;

  @IsInt()
  @Min(1)
  @Max(1000)
  @Whole()
  @Key(
    'WORKER_CONCURRENCY',
    'Provider calls in flight in one worker; what they carry is what one crash can leave in doubt.',
    50,
  )
  WORKER_CONCURRENCY: number;

  @IsInt()
  @Min(1)
  @Max(500)
  @Whole()
  @Key(
    'WORKER_BATCH_SIZE',
    'Most bulk messages in one call, with providers that take many at once; all of them are in doubt together. 1: one a call.',
    500,
  )
  WORKER_BATCH_SIZE: number;

  @IsInt()
  @Min(10)
  @Max(5000)
  @Whole()
  @Key('WORKER_POLL_MS', 'How often an idle worker looks for work, in milliseconds.', 100)
  WORKER_POLL_MS: number;

  @IsInt()
  @Min(1)
  @Max(86_400)
  @Whole()
  @Key('EVENT_POLL_SECONDS', 'How often providers that repeat no lost webhook are asked for events, in seconds.', 300)
  EVENT_POLL_SECONDS: number;

  @IsInt()
  @Min(1)
  @Max(72)
  @Whole()
  @Key(
    'WEBHOOK_LOG_HOURS',
    'How long bodies and headers of webhooks are kept, for replaying them, in hours; they hold what people wrote.',
    72,
  )
  WEBHOOK_LOG_HOURS: number;

  @IsInt()
  @Min(1)
  @Max(365)
  @Whole()
  @Key('WEBHOOK_DELIVERY_DAYS', 'How long it is kept what endpoints of tenants were told, and what they answered.', 30)
  WEBHOOK_DELIVERY_DAYS: number;

  @IsInt()
  @Min(1)
  @Max(600)
  @Whole()
  @Key('LEASE_SECONDS', 'How long a worker may hold a message that it took before it counts as lost.', 60)
  LEASE_SECONDS: number;

  @IsInt()
  @Min(1)
  @Max(600)
  @Whole()
  @Key('WORKER_DEAD_SECONDS', 'Silence after which a worker counts as dead and its messages are taken over.', 30)
  WORKER_DEAD_SECONDS: number;

  @IsInt()
  @Min(100)
  @Max(20_000)
  @Whole()
  @Key('PROVIDER_TIMEOUT_MS', 'Longest provider call, from connect to the last byte, in milliseconds.', 20_000)
  PROVIDER_TIMEOUT_MS: number;
}
