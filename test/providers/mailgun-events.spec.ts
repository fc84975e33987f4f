import type { HttpResult } from '../../src/providers/http';
import { mailgun } from '../../src/providers/mailgun';
import type { OutboundMessage } from '../../src/providers/provider';
import { account, answer, BASE_URL, messageOf, NOW, SINCE } from './mailgun-messages';
import { recorder } from './recorder';

function eventOf(message: OutboundMessage, event: string, details: object = {}) {
  return {
    id: `${event}-id`,
    event,
    timestamp: NOW.getTime() / 1000 - 60,
    recipient: message.to,
    message: { headers: { 'message-id': `${message.messageId}@mg.acme.example` } },
    'user-variables': { carillon_ref: message.ref },
    ...details,
  };
}

const eventsIn = (...items: object[]) => answer({ items, paging: {} });

describe('credentials of Mailgun', () => {
  it.each<[string, HttpResult, object]>([
    ['of an active domain work', answer({ domain: { state: 'active' } }), { ok: true }],
    [
      'of a domain that is not verified',
      answer({ domain: { state: 'unverified' } }),
      { ok: false, fault: { class: 'auth' } },
    ],
    ['answered with something else', answer('Mailgun Magnificent API'), { ok: false, fault: { class: 'auth' } }],
    ['that are wrong', answer('Forbidden', 401), { ok: false, fault: { class: 'auth' } }],
    ['of another domain', answer({ message: 'Domain not found' }, 404), { ok: false, fault: { class: 'config' } }],
    ['while Mailgun is down', answer('', 503), { ok: false, fault: { class: 'transient' } }],
    [
      'while nobody answers',
      { kind: 'NOT_SENT', code: 'ECONNREFUSED', message: 'x' },
      { ok: false, fault: { class: 'transient' } },
    ],
  ])('%s', async (_case, result, expected) => {
    const { io, recorded } = recorder(NOW, () => result);
    expect(await mailgun.check?.(account, io)).toMatchObject(expected);
    expect(recorded.http.map(({ url }) => url)).toEqual([`${BASE_URL}/v3/domains/mg.acme.example`]);
  });
});

describe('Mailgun asked about an attempt in doubt', () => {
  const message = messageOf(1);
  const ask = (...results: HttpResult[]) => {
    const { io, recorded } = recorder(NOW, () => results.shift() ?? eventsIn());
    const found = mailgun.query?.(message, account, io, SINCE);
    return { found, recorded };
  };
  const at = new Date(NOW.getTime() - 60_000);
  const providerMessageId = `${message.messageId}@mg.acme.example`;

  it.each([
    ['accepted', {}, 'SENT'],
    ['delivered', {}, 'DELIVERED'],
    ['failed', { severity: 'permanent', reason: 'bounce' }, 'FAILED'],
    ['failed', { severity: 'temporary', reason: 'generic' }, 'SENT'],
    ['opened', {}, 'SENT'],
    ['rejected', { recipient: undefined, reject: { reason: 'x' } }, 'FAILED'],
  ])('finds it by its Message-ID: %s %j', async (event, details, status) => {
    const { found, recorded } = ask(eventsIn(eventOf(message, event, details)));
    expect(await found).toEqual({ found: true, providerMessageId, status, at });
    expect(recorded.http).toHaveLength(1);
  });

  it('takes the latest outcome of several', async () => {
    const bounce = { severity: 'permanent', reason: 'bounce', timestamp: NOW.getTime() / 1000 };
    const events = [eventOf(message, 'failed', bounce), eventOf(message, 'accepted'), eventOf(message, 'delivered')];
    expect(await ask(eventsIn(...events)).found).toMatchObject({ status: 'FAILED', at: NOW });
  });

  it('finds a mail of a batch by its recipient and its ref', async () => {
    const headers = { 'message-id': '20261121.1@mg.acme.example' };
    const stranger = eventOf(messageOf(2), 'delivered', { recipient: message.to });
    const mine = eventOf(message, 'accepted', { message: { headers } });
    expect(await ask(eventsIn(), eventsIn(stranger, mine)).found).toMatchObject({
      found: true,
      providerMessageId: `20261121.1@mg.acme.example/${message.to}`,
    });
  });

  it.each<[string, HttpResult[]]>([
    ['there are no events', []],
    [
      'there are only those of another attempt',
      [eventsIn(eventOf({ ...message, ref: `${message.messageId}.2` }, 'delivered'))],
    ],
    ['Mailgun does not answer properly', [answer('', 500), answer('garbage')]],
    ['nobody answers', [{ kind: 'IN_DOUBT', code: 'timeout', message: 'x' }]],
  ])('is never certain of its absence: %s', async (_case, results) => {
    expect(await ask(...results).found).toEqual({ found: false, certain: false });
  });
});

describe('Mailgun polled for events', () => {
  const poll = (since: Date, ...pages: HttpResult[]) => {
    const { io, recorded } = recorder(NOW, () => pages.shift() ?? eventsIn());
    return { news: mailgun.poll?.(account, io, since), recorded };
  };
  const page = (next: string, ...items: object[]) => answer({ items, paging: { next } });
  const NEXT = 'https://api.eu.mailgun.net/v3/mg.acme.example/events/W3siY?x=1';
  const delivered = eventOf(messageOf(1), 'delivered');

  it('tells what a webhook would have told, with the same keys', async () => {
    const { news } = poll(SINCE, eventsIn(delivered, eventOf(messageOf(1), 'failed', { reason: 'bounce' })));
    const webhook = [delivered, eventOf(messageOf(1), 'failed', { reason: 'bounce' })].flatMap((data) => {
      const rawBody = Buffer.from(JSON.stringify({ signature: { token: 'x' }, 'event-data': data }));
      const headers = { 'content-type': 'application/json' };
      const request = {
        method: 'POST' as const,
        url: 'https://x.example/',
        query: {},
        headers,
        rawBody,
        receivedAt: NOW,
      };
      return mailgun.webhook?.parse(request, account) ?? [];
    });
    expect((await news)?.events).toEqual(webhook);
    expect(webhook.map(({ eventKey }) => eventKey)).toEqual([
      'delivered-id:2026-11-21:delivered',
      'failed-id:2026-11-21:failed',
      'failed-id:2026-11-21:failed:consent',
    ]);
  });

  it('follows the pages under the base URL, whatever host they name, until one is empty', async () => {
    const { news, recorded } = poll(SINCE, page(NEXT, delivered), page(NEXT, delivered), page(NEXT));
    expect((await news)?.events).toHaveLength(2);
    const [, ...further] = recorded.http.map(({ url }) => url);
    expect(further).toEqual([1, 2].map(() => `${BASE_URL}/v3/mg.acme.example/events/W3siY?x=1`));
  });

  it.each([
    'https://api.mailgun.net/v3/other.example/events/W3siY',
    'https://api.mailgun.net/v3/mg.acme.example/../x',
    'x',
  ])('does not follow %s', async (next) => {
    const { news, recorded } = poll(SINCE, page(next, delivered));
    await news;
    expect(recorded.http).toHaveLength(1);
  });

  it('goes on half an hour before now, when the storage is complete, but never backwards', async () => {
    const halfAnHourAgo = new Date(NOW.getTime() - 30 * 60_000);
    expect((await poll(SINCE, eventsIn(delivered)).news)?.until).toEqual(halfAnHourAgo);
    const lately = new Date(NOW.getTime() - 60_000);
    expect((await poll(lately).news)?.until).toEqual(lately);
  });

  it('goes on where it stopped when there is too much for one time', async () => {
    const timestamp = SINCE.getTime() / 1000 + 60;
    const endless = Array.from({ length: 60 }, () => page(NEXT, { ...delivered, timestamp }));
    const { news, recorded } = poll(SINCE, ...endless);
    expect((await news)?.until).toEqual(new Date(timestamp * 1000));
    expect(recorded.http).toHaveLength(50);
  });

  it.each([answer({ message: 'Forbidden' }, 401), answer('garbage'), answer('', 500)])(
    'fails when a page cannot be read: %j',
    async (result) => {
      await expect(poll(SINCE, page(NEXT, delivered), result).news).rejects.toThrow(Error);
    },
  );
});
