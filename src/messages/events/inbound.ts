import { Injectable } from '@nestjs/common';
import { normaliseAddress } from '../../contacts/address';
import { WorkerDb } from '../../platform/db/worker-db';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { ChannelType, InboundEvent } from '../../providers/provider';
import { findProvider } from '../../providers/registry';
import { receiveSession } from '../../sessions/session.queries';
import { awaitMedia } from './inbound-media.queries';
import { dropParts, findLateMessages, keepPart, partsOf, type PartedMessage } from './inbound-parts.queries';
import {
  channelOf,
  claimEventKey,
  describeFile,
  insertFiles,
  insertInbound,
  nameEventsMessage,
  type InboundChannel,
} from './inbound.queries';
import { joinParts } from './joined-parts';

const LATE_AT_ONCE = 50;

/** Messages that people write: stored once, in the conversation that they belong to. */
@Injectable()
export class InboundMessages {
  constructor(
    private readonly worker: WorkerDb,
    private readonly db: TenantDb,
  ) {}

  /** Answers the message's id, or undefined when this event was stored before or is a part of a message still to come. */
  async receive(tx: Tx, channel: InboundChannel, event: InboundEvent): Promise<string | undefined> {
    if (!(await claimEventKey(tx, channel.id, event))) return undefined;
    const whole = event.part && event.part.total > 1 ? await this.wholeOf(tx, channel, event, event.part) : event;
    return whole && this.store(tx, channel, whole);
  }

  /** Shows messages of which parts stayed out, as far as they came. Answers how many. */
  async joinLate(): Promise<number> {
    const late = await findLateMessages(this.worker.sql, LATE_AT_ONCE);
    for (const { tenantId, ...message } of late) await this.db.run(tenantId, (tx) => this.joinOne(tx, message));
    return late.length;
  }

  /** The message when this was the last part that it waited for. */
  private async wholeOf(
    tx: Tx,
    channel: InboundChannel,
    event: InboundEvent,
    part: NonNullable<InboundEvent['part']>,
  ): Promise<InboundEvent | undefined> {
    const message = { channelId: channel.id, sender: event.from, reference: part.reference };
    await keepPart(tx, message, part.index, event);
    const parts = await partsOf(tx, message);
    if (parts.length < part.total) return undefined;
    await dropParts(tx, message);
    return joinParts(parts);
  }

  private async joinOne(tx: Tx, message: PartedMessage): Promise<void> {
    const parts = await partsOf(tx, message);
    const channel = await channelOf(tx, message.channelId);
    await dropParts(tx, message);
    if (parts.length && channel) await this.store(tx, channel, joinParts(parts));
  }

  private async store(tx: Tx, channel: InboundChannel, event: InboundEvent): Promise<string> {
    const from = addressOf(channel.channelType as ChannelType, event.from);
    const session = await receiveSession(tx, {
      channelId: channel.id,
      channelType: channel.channelType,
      address: from,
      profileName: event.profileName ?? null,
    });
    const id = uuidv7();
    const { attachments = [], ...words } = event.content;
    const files = attachments.map((file) => ({ id: uuidv7(), file }));
    const content = files.length
      ? {
          ...words,
          attachments: files.map(({ id: fileId, file }) => describeFile({ id: fileId, ...file }, file.content.length)),
        }
      : words;
    await insertInbound(tx, { id, session, channel, event, from, content });
    await insertFiles(tx, id, files);
    await nameEventsMessage(tx, channel.id, event.eventKey, id);
    const ref = event.content.media?.ref;
    if (ref && findProvider(channel.providerType)?.fetchMedia) await awaitMedia(tx, id, channel.id, ref);
    return id;
  }
}

/** Senders need not be addresses that one could answer: a short code or a name is kept as it came. */
function addressOf(channelType: ChannelType, from: string): string {
  const normalised = normaliseAddress(channelType, from);
  return 'address' in normalised ? normalised.address : from.slice(0, 320);
}
