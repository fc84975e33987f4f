import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { deriveSecrets, type KeyRing } from '../../platform/secrets/key-ring';
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

/**
 * Links as text that says all there is to know and that nobody else can make or change (AES-256-GCM, 128-bit tag). Nothing is
 * stored for a link, so it works as long as its key is in the ring, also when the message and the contact are gone. Each
 * token has a key of its own, made from its salt: no number of tokens ever comes near the limit of GCM's nonces.
 */
@Injectable()
export class PageTokens {
  private readonly secrets: readonly Buffer[];

  constructor(@Inject(KEY_RING) ring: KeyRing) {
    this.secrets = deriveSecrets(ring, 'page links');
  }

  /** 110 characters of A-Z a-z 0-9 - _ for a phone number, 600 at most. */
  seal(link: PageLink): string {
    const [current] = this.secrets;
    if (!current) throw new Error('The key ring is empty');
    const salt = randomBytes(SALT_BYTES);
    const cipher = createCipheriv(CIPHER, keyOf(current, salt), NONCE, { authTagLength: TAG_BYTES });
    const sealed = Buffer.concat([salt, cipher.update(pack(link)), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString('base64url');
  }

  /** Undefined for whatever we did not seal, or sealed under a key that is gone. Whether it has expired is for the caller. */
  open(token: string): PageLink | undefined {
    const sealed = Buffer.from(token, 'base64url');
    // One spelling only: the spare bits of the last character count too.
    if (sealed.length < LEAST_BYTES || sealed.toString('base64url') !== token) return undefined;
    for (const secret of this.secrets) {
      const packed = unseal(secret, sealed);
      if (packed) return unpack(packed);
    }
    return undefined;
  }
}

const CIPHER = 'aes-256-gcm';
const SALT_BYTES = 16;
const TAG_BYTES = 16;
/** The same for all: a key is used once. */
const NONCE = Buffer.alloc(12);

/** kind, channel type, length of the topic; then expiry, tenant and id; then topic and address as text. */
const HEAD_BYTES = 3 + 4 + 16 + 16;
const LEAST_BYTES = SALT_BYTES + HEAD_BYTES + TAG_BYTES;
const NOBODY = '00000000-0000-0000-0000-000000000000';

function keyOf(secret: Buffer, salt: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, 'one token', 32));
}

function unseal(secret: Buffer, sealed: Buffer): Buffer | undefined {
  const salt = sealed.subarray(0, SALT_BYTES);
  const decipher = createDecipheriv(CIPHER, keyOf(secret, salt), NONCE, { authTagLength: TAG_BYTES });
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(SALT_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

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

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
