import { Inject, Injectable } from '@nestjs/common';
import { uuidBytes, uuidText } from '../../platform/db/uuid-bytes';
import type { KeyRing } from '../../platform/secrets/key-ring';
import { SealedTokens } from '../../platform/secrets/sealed-tokens';
import { KEY_RING } from '../../platform/tokens';
import { CHANNEL_TYPES, type ChannelType } from '../../providers/provider';

/** `manage`: change what one gets. `confirm`: say yes to what somebody asked for in one's name. */
export const LINK_KINDS = ['manage', 'confirm'] as const;

/** What a link says: everything that the page behind it may touch, and nothing else. */
export interface PageLink {
  kind: (typeof LINK_KINDS)[number];
  tenantId: string;
  channelType: ChannelType;
  /** Normalised. */
  address: string;
  /** The list that the link is about; null: all advertising. */
  topic: string | null;
  /** The message that the link stands in, or the request that it confirms; null: neither is known. */
  id: string | null;
  /** Seconds since 1970; null: for ever. */
  expiresAt: number | null;
}

/** Links as text that says all there is to know: they also work when the message and the contact are gone. */
@Injectable()
export class PageTokens {
  private readonly sealed: SealedTokens;

  constructor(@Inject(KEY_RING) ring: KeyRing) {
    this.sealed = new SealedTokens(ring, 'page links');
  }

  /** 110 characters of A-Z a-z 0-9 - _ for a phone number, 600 at most. */
  seal(link: PageLink): string {
    return this.sealed.seal(pack(link));
  }

  /** Undefined for whatever we did not seal, or sealed under a key that is gone. Whether it has expired is for the caller. */
  open(token: string): PageLink | undefined {
    const packed = this.sealed.open(token);
    return packed && unpack(packed);
  }
}

/** kind, channel type, length of the topic; then expiry, tenant and id; then topic and address as text. */
const HEAD_BYTES = 3 + 4 + 16 + 16;
const NOBODY = '00000000-0000-0000-0000-000000000000';

function pack({ kind, channelType, topic, expiresAt, tenantId, id, address }: PageLink): Buffer {
  const topicBytes = Buffer.from(topic ?? '');
  const head = Buffer.from([LINK_KINDS.indexOf(kind), CHANNEL_TYPES.indexOf(channelType), topicBytes.length]);
  const expiry = Buffer.alloc(4);
  expiry.writeUInt32BE(expiresAt ?? 0);
  return Buffer.concat([head, expiry, uuidBytes(tenantId), uuidBytes(id ?? NOBODY), topicBytes, Buffer.from(address)]);
}

function unpack(packed: Buffer): PageLink | undefined {
  const [kindIndex = -1, typeIndex = -1, topicLength = 0] = packed;
  const kind = LINK_KINDS[kindIndex];
  const channelType = CHANNEL_TYPES[typeIndex];
  if (!kind || !channelType) return undefined; // sealed by a later version than this one
  const id = uuidText(packed.subarray(23, HEAD_BYTES));
  const address = HEAD_BYTES + topicLength;
  return {
    kind,
    channelType,
    tenantId: uuidText(packed.subarray(7, 23)),
    id: id === NOBODY ? null : id,
    topic: topicLength ? packed.toString('utf8', HEAD_BYTES, address) : null,
    address: packed.toString('utf8', address),
    expiresAt: packed.readUInt32BE(3) || null,
  };
}
