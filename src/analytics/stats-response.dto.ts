export class StatsMoney {
  /** Decimal number as text. */
  amount: string;
  /** ISO 4217. */
  currency: string;
}

/**
 * Messages count in the period in which they were accepted, whenever their receipts came; unsubscriptions in the period in
 * which they were made. A message may count several times: one that was read was also delivered and sent.
 */
export class StatsFigures {
  /** Outbound messages that the provider took. */
  sent: number;
  /** Of those, with a receipt that proves delivery: delivered, read, opened or clicked. */
  delivered: number;
  read: number;
  /** Outbound messages whose last word is that they failed, bounces after delivery included. */
  failed: number;
  /** Outbound messages that a person opened, as far as can be told. */
  opened: number;
  /** Outbound messages that a machine opened, such as a scanner of mail; they count as neither opened nor delivered by it. */
  machineOpened: number;
  clicked: number;
  /** Outbound messages that the person answered before anything else was sent. */
  replied: number;
  /** Opt-outs; by channel, provider, template and campaign as far as the message that led to them is known. */
  unsubscribed: number;
  complained: number;
  /** delivered / sent; null when nothing was sent. */
  deliveryRate: number | null;
  /** opened / delivered; null when nothing was delivered. */
  openRate: number | null;
  /** clicked / delivered; null when nothing was delivered. */
  clickRate: number | null;
  /**
   * Median of the seconds from an inbound message to the next outbound one of its session, at most one percent beside the exact
   * one; null without any answer.
   */
  responseTimeP50: number | null;
  /** The same for 95 of 100 answers. */
  responseTimeP95: number | null;
  /** What the messages cost, one amount a currency. */
  cost: StatsMoney[];
}

export class StatsRow extends StatsFigures {
  /** Day (2026-11-21), id or type; null for what has none, such as a message without a template. */
  key: string | null;
}

export class StatsResponse {
  from: string;
  to: string;
  timezone: string;
  groupBy: string;
  /** Everything that happened until then is in the figures: the moment of asking, or some seconds before on a very busy day. */
  asOf: string;
  /** Days in their order; everything else by messages sent, most first. */
  data: StatsRow[];
  /** The whole period. */
  total: StatsFigures;
}
