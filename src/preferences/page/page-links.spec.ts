import { randomBytes } from 'node:crypto';
import type { PublicAddress } from '../../platform/http/public-address';
import { KeyRing } from '../../platform/secrets/key-ring';
import { PageLinks } from './page-links';
import { PageTokens } from './page-token';

const tokens = new PageTokens(new KeyRing(new Map([['k', randomBytes(32)]])));
const links = new PageLinks(tokens, { base: 'https://mail.acme.example' } as PublicAddress);
const message = {
  tenantId: '0197a000-0000-7000-8000-0000000000a1',
  channelType: 'EMAIL' as const,
  address: 'ada@example.com',
  messageId: '0197a000-0000-7000-8000-0000000000b2',
  topic: null,
};

describe('the links of a message', () => {
  it('lead to one page: at its button, and at its choices', () => {
    const { unsubscribeUrl, preferencesUrl } = links.linksOf(message);
    expect(preferencesUrl).toBe(`${unsubscribeUrl}#preferences`);
    const token = unsubscribeUrl.replace('https://mail.acme.example/p/', '');
    expect(tokens.open(token)).toMatchObject({ kind: 'manage', address: 'ada@example.com', expiresAt: null });
  });

  it('stand in headers before which the sender’s own give way, however they are written', () => {
    const own = { 'list-unsubscribe': '<mailto:x@y.example>', 'LIST-UNSUBSCRIBE-POST': 'no', 'In-Reply-To': '<a@b>' };
    const headers = links.withUnsubscribe(own, message);
    expect(Object.keys(headers)).toEqual(['List-Unsubscribe', 'List-Unsubscribe-Post', 'In-Reply-To']);
    expect(headers['List-Unsubscribe']).toMatch(/^<https:\/\/mail\.acme\.example\/p\/[\w-]+>$/);
    expect(headers['List-Unsubscribe-Post']).toBe('List-Unsubscribe=One-Click');
  });
});
