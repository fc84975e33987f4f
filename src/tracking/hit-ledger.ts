import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { MessageEvents } from '../messages/events/message-events';
import type { TrackMark } from '../messages/tracking/track-tokens';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { followedAnother, hitKey, holdMessage, takeBackClicks, type HitMessage } from './hit.queries';

/** Somebody followed a link, or fetched the picture. */
export interface Hit {
  mark: TrackMark;
  /** As far as the request itself shows. */
  isByMachine: boolean;
  /** performance.now() when it came. */
  cameAt: number;
}

/** What became of a hit: a scan is a machine that was told by what it did. left_out: gone, erased, or not to be tracked. */
export interface Judged {
  result: 'person' | 'machine' | 'scan' | 'repeated' | 'left_out';
  /** The same request again would change nothing. */
  isFinal: boolean;
}

/** More hits of one message tell nothing new, and fill the table: a link that somebody made public. */
const MOST_HITS = 200;

/** Judges hits and stores them as what a provider's own tracking would have reported. */
@Injectable()
export class HitLedger {
  constructor(
    private readonly db: TenantDb,
    private readonly events: MessageEvents,
  ) {}

  store(hit: Hit): Promise<Judged> {
    return this.db.run(hit.mark.tenantId, (tx) => this.judge(tx, hit));
  }

  private async judge(tx: Tx, { mark, isByMachine, cameAt }: Hit): Promise<Judged> {
    const message = await holdMessage(tx, mark.messageId, cameAt);
    if (!message || message.isPrivate) return { result: 'left_out', isFinal: true };
    if (message.hits >= MOST_HITS) return { result: 'repeated', isFinal: true };
    const isScan = !isByMachine && (await this.isScan(tx, mark, message.at));
    const machine = isByMachine || message.isTooSoon || isScan;
    const isNew = await this.place(tx, mark, { ...message, machine });
    if (isScan) return { result: 'scan', isFinal: false };
    // What looked like a person's and was judged a machine's by its time may come again, by the person.
    if (!isNew) return { result: 'repeated', isFinal: machine === isByMachine };
    return { result: machine ? 'machine' : 'person', isFinal: false };
  }

  /** Nobody follows two links of a mail within a second: the earlier click is taken back. */
  private async isScan(tx: Tx, { messageId, target }: TrackMark, at: Date): Promise<boolean> {
    if (target === undefined || !(await followedAnother(tx, messageId, { target, at }))) return false;
    await takeBackClicks(tx, messageId, at);
    return true;
  }

  private async place(
    tx: Tx,
    { kind, messageId, target }: TrackMark,
    { channelId, at, machine }: HitMessage & { machine: boolean },
  ): Promise<boolean> {
    const placed = await this.events.engagement(tx, channelId, {
      kind: 'engagement',
      action: kind === 'click' ? 'CLICKED' : 'OPENED',
      eventKey: hitKey({ kind, messageId, what: hashOf(target ?? '') }, machine),
      at,
      ref: messageId,
      machine,
      ...(target !== undefined && { url: target }),
    });
    return placed.outcome === 'PLACED';
  }
}

function hashOf(target: string): string {
  return createHash('sha256').update(target).digest('base64url').slice(0, 22);
}
