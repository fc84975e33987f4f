import { Injectable } from '@nestjs/common';
import { Config } from '../config';
import { InboundMessages } from '../messages/events/inbound';
import { InboundMediaFiles } from '../messages/events/inbound-media';
import { LaterPrices } from '../messages/events/later-prices';
import { ParkedEvents } from '../messages/events/parked-events';
import { Loop } from '../platform/work/loop';
import { EventPolls } from './event-polls';
import { WebhookProcessor } from './webhook-processor';

const MEDIA_MS = 1_000;
const PARKED_MS = 5_000;
const PRICES_MS = 5_000;
const POLLS_MS = 5_000;
const LATE_PARTS_MS = 60_000;
const EMPTY_MS = 60_000;

/** All work on what comes in from providers. */
@Injectable()
export class Incoming {
  readonly loops: readonly Loop[];

  constructor(
    config: Config,
    webhooks: WebhookProcessor,
    polls: EventPolls,
    inbound: InboundMessages,
    media: InboundMediaFiles,
    prices: LaterPrices,
    parked: ParkedEvents,
  ) {
    this.loops = [
      new Loop('webhooks', () => webhooks.processDue(), config.WORKER_POLL_MS, webhooks.wake),
      new Loop('old webhook bodies', () => webhooks.emptyOld(config.WEBHOOK_LOG_HOURS), EMPTY_MS),
      new Loop('event polls', () => polls.pollDue(), POLLS_MS),
      new Loop('inbound media', () => media.fetchDue(), MEDIA_MS),
      new Loop('late parts', () => inbound.joinLate(), LATE_PARTS_MS),
      new Loop('prices', () => prices.askDue(), PRICES_MS),
      new Loop('parked events', () => parked.match(), PARKED_MS),
    ];
  }
}
