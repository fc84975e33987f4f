import { Inject, Injectable } from '@nestjs/common';
import { uuidBytes, uuidText } from '../../platform/db/uuid-bytes';
import type { KeyRing } from '../../platform/secrets/key-ring';
import { SealedTokens } from '../../platform/secrets/sealed-tokens';
import { KEY_RING } from '../../platform/tokens';

/** A link in a message, or its open pixel: whose message, and where the link leads. */
export type TrackMark = { tenantId: string; messageId: string } & (
  { kind: 'click'; target: string } | { kind: 'open'; target?: never }
);

/** Longer addresses are not tracked: their token would not fit where the path of a request has to. */
export const MOST_TARGET_BYTES = 700;

/**
 * What stands behind `/t/` in a tracked message. The target is inside the token, and nobody else can make one: it leads where the
 * message led, and nowhere else.
 */
@Injectable()
export class TrackTokens {
  private readonly sealed: SealedTokens;

  constructor(@Inject(KEY_RING) ring: KeyRing) {
    this.sealed = new SealedTokens(ring, 'tracked links');
  }

  /** At most 1,020 characters. */
  seal({ kind, tenantId, messageId, target = '' }: TrackMark): string {
    const head = Buffer.concat([Buffer.from([KINDS.indexOf(kind)]), uuidBytes(tenantId), uuidBytes(messageId)]);
    return this.sealed.seal(Buffer.concat([head, Buffer.from(target)]));
  }

  /** Undefined for whatever we did not seal, or sealed under a key that is gone. */
  open(token: string): TrackMark | undefined {
    const packed = this.sealed.open(token);
    const kind = packed && KINDS[packed[0] ?? -1];
    if (!kind) return undefined;
    const of = { tenantId: uuidText(packed.subarray(1, 17)), messageId: uuidText(packed.subarray(17, HEAD_BYTES)) };
    return kind === 'open' ? { kind, ...of } : { kind, ...of, target: packed.toString('utf8', HEAD_BYTES) };
  }
}

const KINDS = ['click', 'open'] as const;
const HEAD_BYTES = 1 + 16 + 16;
