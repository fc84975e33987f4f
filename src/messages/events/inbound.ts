import { Injectable } from '@nestjs/common';
import { normaliseAddress } from '../../contacts/address';
import type { Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { ChannelType, InboundEvent } from '../../providers/provider';
import { receiveSession } from '../../sessions/session.queries';
import {
  claimEventKey,
  insertFiles,
  insertInbound,
  nameEventsMessage,
  type InboundChannel,
  type NewFile,
} from './inbound.queries';

/** Messages that people write: stored once, in the conversation that they belong to. */
@Injectable()
export class InboundMessages {
  /** Answers the message's id, or undefined when this event was stored before. */
  async receive(tx: Tx, channel: InboundChannel, event: InboundEvent): Promise<string | undefined> {
    if (!(await claimEventKey(tx, channel.id, event))) return undefined;
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
    const content = files.length ? { ...words, attachments: files.map(describeFile) } : words;
    await insertInbound(tx, { id, session, channel, event, from, content });
    await insertFiles(tx, id, files);
    await nameEventsMessage(tx, channel.id, event.eventKey, id);
    return id;
  }
}

/** Senders need not be addresses that one could answer: a short code or a name is kept as it came. */
function addressOf(channelType: ChannelType, from: string): string {
  const normalised = normaliseAddress(channelType, from);
  return 'address' in normalised ? normalised.address : from.slice(0, 320);
}

function describeFile({ id, file }: NewFile): object {
  return { attachmentId: id, filename: file.filename, contentType: file.contentType, sizeBytes: file.content.length };
}
