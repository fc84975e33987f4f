import { randomBytes } from 'node:crypto';
import { KeyRing } from '../../platform/secrets/key-ring';
import { type PageLink, PageTokens } from './page-token';

const OLD = randomBytes(32);
const NEW = randomBytes(32);
const tokensOf = (...keys: [string, Buffer][]) => new PageTokens(new KeyRing(new Map(keys)));
const tokens = tokensOf(['old', OLD]);

const LINK: PageLink = {
  kind: 'manage',
  tenantId: '0197a000-0000-7000-8000-0000000000a1',
  channelType: 'EMAIL',
  address: 'ada@example.com',
  topic: 'weekly_news',
  id: '0197a000-0000-7000-8000-0000000000b2',
  expiresAt: null,
};

const VARIANTS: [string, Partial<PageLink>][] = [
  ['with everything', {}],
  ['of no list and no message', { topic: null, id: null }],
  ['for a telephone', { channelType: 'SMS', address: '+14155552671' }],
  ['with the longest names', { address: `${'a'.repeat(64)}@${'b'.repeat(251)}.co`, topic: 'n'.repeat(60) }],
  ['in letters of any kind', { channelType: 'TELEGRAM', address: '@имя', topic: 'a' }],
  ['that runs out', { kind: 'confirm', expiresAt: 4_000_000_000 }],
];

describe('a token', () => {
  it.each(VARIANTS)('says what was sealed in it: %s', (_, change) => {
    const link = { ...LINK, ...change };
    const token = tokens.seal(link);
    expect(token).toMatch(/^[\w-]+$/);
    expect(token.length).toBeLessThan(660); // with the address before it less than the 870 that a header of SES may have
    expect(tokens.open(token)).toEqual(link);
  });

  it('is short enough for a text message', () => {
    expect(tokens.seal({ ...LINK, channelType: 'SMS', address: '+14155552671', topic: null })).toHaveLength(111);
  });

  it('is another one each time, and shows nothing of what it says', () => {
    const [one, two] = [tokens.seal(LINK), tokens.seal(LINK)];
    expect(one).not.toBe(two);
    const bytes = Buffer.from(one, 'base64url').toString('latin1');
    for (const secret of ['ada', 'weekly', '0197a000']) expect(bytes).not.toContain(secret);
  });

  it('opens no more when any one of its bits is changed, or its length', () => {
    const sealed = Buffer.from(tokens.seal(LINK), 'base64url');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const forged = Buffer.from(sealed);
      forged.writeUInt8(forged.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(tokens.open(forged.toString('base64url'))).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length += 1)
      expect(tokens.open(sealed.subarray(0, length).toString('base64url'))).toBeUndefined();
    expect(tokens.open(Buffer.concat([sealed, Buffer.from([0])]).toString('base64url'))).toBeUndefined();
  });

  it('has one spelling only: the spare bits of the last character count too', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const token = tokens.seal(LINK);
    const twin = token.slice(0, -1) + alphabet[alphabet.indexOf(token.slice(-1)) + 1];
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(token, 'base64url'));
    for (const other of [twin, `${token}=`, `${token} `, ` ${token}`, `${token}.`])
      expect(tokens.open(other)).toBeUndefined();
  });

  it('outlives a new master key, and ends with its own', () => {
    const before = tokens.seal(LINK);
    const rotated = tokensOf(['new', NEW], ['old', OLD]);
    expect(rotated.open(before)).toEqual(LINK);
    const after = rotated.seal(LINK);
    const alone = tokensOf(['new', NEW]);
    expect([alone.open(after), alone.open(before), tokens.open(after)]).toEqual([LINK, undefined, undefined]);
  });
});
