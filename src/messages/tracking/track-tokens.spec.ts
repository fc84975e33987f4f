import { randomBytes } from 'node:crypto';
import { KeyRing } from '../../platform/secrets/key-ring';
import { PageTokens } from '../../preferences/page/page-token';
import { MOST_TARGET_BYTES, TrackTokens, type TrackMark } from './track-tokens';

const OLD = randomBytes(32);
const ring = new KeyRing(new Map([['old', OLD]]));
const tokens = new TrackTokens(ring);

const OF = { tenantId: '0197a000-0000-7000-8000-0000000000a1', messageId: '0197a000-0000-7000-8000-0000000000b2' };
const CLICK: TrackMark = { kind: 'click', ...OF, target: 'https://shop.example/?a=1' };

describe('the token of a tracked link', () => {
  it.each<TrackMark>([
    CLICK,
    { kind: 'open', ...OF },
    { ...CLICK, target: `https://a.example/${'x'.repeat(MOST_TARGET_BYTES - 18)}` },
  ])('says what was sealed in it, and fits where the path of a request has to: $kind', (mark) => {
    const token = tokens.seal(mark);
    expect(token).toMatch(/^[\w-]{1,1020}$/);
    expect(tokens.open(token)).toEqual(mark);
  });

  it('shows nobody where it leads, or whose it is', () => {
    const bytes = Buffer.from(tokens.seal(CLICK), 'base64url');
    expect(bytes.toString('latin1')).not.toContain('shop');
    expect(bytes.toString('hex')).not.toContain('0197a000');
  });

  it('opens no more when any one of its bits is changed', () => {
    const sealed = Buffer.from(tokens.seal(CLICK), 'base64url');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const forged = Buffer.from(sealed);
      forged.writeUInt8(forged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(tokens.open(forged.toString('base64url'))).toBeUndefined();
    }
  });

  it('is no token of a page, and that is none of it', () => {
    const pages = new PageTokens(ring);
    const page = pages.seal({
      kind: 'manage',
      channelType: 'EMAIL',
      address: 'a@b.example',
      topic: null,
      id: null,
      expiresAt: null,
      tenantId: OF.tenantId,
    });
    expect([tokens.open(page), pages.open(tokens.seal(CLICK))]).toEqual([undefined, undefined]);
  });

  it('outlives a new master key, and ends with its own', () => {
    const rotated = new TrackTokens(
      new KeyRing(
        new Map([
          ['new', randomBytes(32)],
          ['old', OLD],
        ]),
      ),
    );
    expect(rotated.open(tokens.seal(CLICK))).toEqual(CLICK);
    expect(tokens.open(rotated.seal(CLICK))).toBeUndefined();
  });
});
