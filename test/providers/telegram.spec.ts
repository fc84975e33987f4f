import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpResult } from '../../src/providers/http';
import { FAULT_CLASSES, type FaultClass, type MessageType } from '../../src/providers/provider';
import type { Content } from '../../src/providers/content';
import { telegram } from '../../src/providers/telegram';
import { DESCRIPTIONS, STATUS_CLASSES } from '../../src/providers/telegram/errors';
import { accountOf, kitOf } from './accounts';
import { startDescribedServer } from './described-server';
import { createHttpClient } from '../../src/platform/egress/http-client';
import { recorder } from './recorder';

const NOW = new Date('2026-11-21T10:00:00Z');
const token = kitOf('telegram').credentials['botToken'] ?? '';
const account = { ...accountOf('telegram', 'TELEGRAM'), credentials: { botToken: token } };

function answer(status: number, body: unknown, headers: Record<string, string> = {}): HttpResult {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { kind: 'RESPONSE', status, headers, body: bytes };
}

function refusal(error_code: number, description: string, parameters?: object) {
  return answer(error_code, { ok: false, error_code, description, ...(parameters && { parameters }) });
}

/** What comes of a send that is answered so, and how many calls it made. */
async function sent(result: HttpResult, messageType: MessageType = 'TEXT', content: Content = { text: 'Hello' }) {
  const { io, recorded } = recorder(NOW, () => result);
  const message = { messageId: 'm', ref: 'm.1', channelType: 'TELEGRAM', to: '412587349' } as const;
  const outcome = await telegram.send({ ...message, messageType, content, purpose: 'TRANSACTIONAL' }, account, io);
  return { outcome, calls: recorded.http.length };
}

const { http, match } = JSON.parse(readFileSync(join(__dirname, 'vectors/telegram-error-classes.json'), 'utf8')) as {
  http: Record<string, string>;
  match: [status: string, words: string, means: string][];
};

describe('the classes of errors of Telegram', () => {
  /** Not a class: a migrated chat needs another address, and a text that is the same is an answer to an edit, which we never ask for. */
  const classOf = (words: string, means: string) =>
    (words === 'group chat was upgraded' ? 'config' : means) as FaultClass;
  const wanted = match
    .filter(([, words]) => words !== 'message is not modified')
    .map(([status, words, means]) => [status, words, classOf(words, means)] as const);

  it.each(wanted)('%s %s: %s', async (status, words, faultClass) => {
    expect(FAULT_CLASSES).toContain(faultClass);
    for (const description of [`Bad Request: ${words}`, `X: ${words.toUpperCase()} to a supergroup chat`]) {
      const { outcome } = await sent(refusal(Number(status), description));
      expect(outcome).toMatchObject({ outcome: 'REJECTED_PERMANENT', fault: { class: faultClass } });
    }
  });

  it('by description are those of the list and no others, each with a name of its own', () => {
    expect(DESCRIPTIONS.map(([status, words, faultClass]) => [String(status), words, faultClass])).toEqual(wanted);
    expect(new Set(DESCRIPTIONS.map(([, , , code]) => code)).size).toBe(DESCRIPTIONS.length);
  });

  it.each(Object.entries(http))('HTTP %s: %s', (status, means) => {
    expect(STATUS_CLASSES[Number(status)]).toBe(/^\w+/.exec(means)?.[0]);
  });

  it('by status hold besides those only what any server may answer', () => {
    const others = Object.keys(STATUS_CLASSES).filter((status) => !(status in http));
    expect(others).toEqual(['400', '403', '422', '503', '504']);
  });

  it.each([
    ['a 403 of Telegram that nobody listed', refusal(403, 'Forbidden: new rule'), 'unreachable', 'http_403'],
    ['a 403 of something in between', answer(403, '<html>'), 'auth', 'http_403'],
    ['a 400 that nobody listed', refusal(400, 'Bad Request: new rule'), 'config', 'http_400'],
    ['the words of a 403 in a 400', refusal(400, 'bot was blocked by the user'), 'config', 'http_400'],
    [
      'a refusal that travels as 200',
      answer(200, { ok: false, error_code: 401, description: 'x' }),
      'auth',
      'http_401',
    ],
    ['a refusal without a code', answer(200, { ok: false }), 'ambiguous', 'http_200'],
  ])('%s', async (_case, result, faultClass, code) => {
    expect((await sent(result)).outcome).toMatchObject({ fault: { class: faultClass, code } });
  });

  it('a group that became a supergroup: says so, without its new id', async () => {
    const description = 'Bad Request: group chat was upgraded to a supergroup chat';
    const { outcome } = await sent(refusal(400, description, { migrate_to_chat_id: -1001234567890 }));
    expect(outcome).toEqual({
      outcome: 'REJECTED_PERMANENT',
      fault: { class: 'config', code: 'chat_migrated', message: description },
    });
  });
});

describe('too many requests to Telegram', () => {
  it.each([
    ['parameters', refusal(429, 'Too Many Requests', { retry_after: 34 }), 34_000],
    ['the sentence', refusal(429, 'Too Many Requests: retry after 35'), 35_000],
    ['both, the parameter first', refusal(429, 'Too Many Requests: retry after 35', { retry_after: 3 }), 3_000],
    ['a header of a proxy', answer(429, '', { 'retry-after': '5' }), 5_000],
    ['nothing', refusal(429, 'Too Many Requests'), undefined],
  ])('named by %s', async (_case, result, retryAfterMs) => {
    const { outcome } = await sent(result);
    expect(outcome.outcome).toBe('THROTTLED');
    expect('retryAfterMs' in outcome ? outcome.retryAfterMs : undefined).toBe(retryAfterMs);
  });
});

describe('the id of a message of Telegram', () => {
  it.each([
    ['{"message_id":7,"chat":{"id":412587349}}', '412587349:7'],
    ['{"message_id":7,"chat":{"id":-1001234567890}}', '-1001234567890:7'],
    // JSON.parse would read …992.
    ['{"message_id":7,"chat":{"id":9007199254740993}}', '9007199254740993:7'],
    ['{"message_id":7,"chat":{"id":-9223372036854775808}}', '-9223372036854775808:7'],
  ])('%s', async (result, providerMessageId) => {
    const { outcome, calls } = await sent(answer(200, `{"ok":true,"result":${result}}`));
    expect(outcome).toEqual({ outcome: 'ACCEPTED', providerMessageId });
    expect(calls).toBe(1);
  });

  it.each(['{}', '{"message_id":7}', '{"message_id":"7","chat":{"id":1}}', '{"message_id":7.5,"chat":{"id":1}}'])(
    'cannot be read: %s',
    async (result) => {
      const { outcome } = await sent(answer(200, `{"ok":true,"result":${result}}`));
      expect(outcome).toMatchObject({ outcome: 'IN_DOUBT', fault: { code: 'unreadable_answer' } });
    },
  );
});

describe('the token of the bot', () => {
  const leaky = `connect to https://api.telegram.org/bot${token}/sendMessage failed`;

  it.each<HttpResult>([
    { kind: 'NOT_SENT', code: 'ECONNREFUSED', message: leaky },
    { kind: 'IN_DOUBT', code: 'timeout', message: leaky },
    refusal(400, leaky),
  ])('is in no fault of %j', async (result) => {
    const { io } = recorder(NOW, () => result);
    const shown = JSON.stringify([
      (await sent(result)).outcome,
      await telegram.check?.(account, io),
      await telegram.register?.(account, io),
      await telegram.fetchMedia?.('x', account, io),
    ]);
    expect(shown).toContain('failed');
    expect(shown).not.toContain(token);
    expect(shown).not.toContain(token.split(':')[1]);
  });

  it('stays out of the SDK, which keeps no client either', async () => {
    const { io, recorded } = recorder(NOW, () => answer(200, ''));
    await telegram.check?.({ ...account, credentials: { botToken: '1:a' }, baseUrl: 'http://a.invalid/' }, io);
    await telegram.check?.({ ...account, credentials: { botToken: '2:b' }, baseUrl: 'http://b.invalid' }, io);
    expect(recorded.http.map(({ url }) => url)).toEqual([
      'http://a.invalid/bot1:a/getMe',
      'http://b.invalid/bot2:b/getMe',
    ]);
  });
});

describe('a file that cannot be seen before it is there', () => {
  const file = (bytes: number, contentType = 'image/jpeg') => ({
    filename: 'a',
    contentType,
    content: Buffer.alloc(bytes),
  });

  it.each<[string, MessageType, Content, string]>([
    ['no file at all', 'FILE', {}, '/content/media'],
    ['two files', 'FILE', { attachments: [file(1), file(1)] }, '/attachments'],
    ['a caption that is too long', 'TEXT', { text: 'x'.repeat(1025), attachments: [file(1)] }, '/content/text'],
    ['a large photo', 'IMAGE', { attachments: [file(10_000_001)] }, '/attachments'],
    ['a photo that is none', 'IMAGE', { attachments: [file(1, 'text/csv')] }, '/attachments'],
  ])('is refused without a call: %s', async (_case, messageType, content, pointer) => {
    const { outcome, calls } = await sent(answer(200, ''), messageType, content);
    expect(outcome).toMatchObject({
      outcome: 'REJECTED_PERMANENT',
      fault: { class: 'content', code: 'cannot_be_expressed', message: expect.stringContaining(`${pointer}: `) },
    });
    expect(calls).toBe(0);
  });

  it('is sent as what it is', async () => {
    const { calls } = await sent(answer(200, ''), 'IMAGE', { attachments: [file(10_000_000)] });
    expect(calls).toBe(1);
  });
});

describe('what Telegram is told of the channel', () => {
  const client = createHttpClient();
  afterAll(() => client.close());

  it('getMe: the token works and is that of the sender, in any case of its letters', async () => {
    const me = (username: string) => recorder(NOW, () => answer(200, { ok: true, result: { id: 1, username } })).io;
    expect(await telegram.check?.(account, me('Acme_Bot'))).toEqual({ ok: true });
    expect(await telegram.check?.(account, me('other_bot'))).toEqual({
      ok: false,
      fault: {
        class: 'config',
        code: 'another_bot',
        message: 'The token is that of @other_bot, and the channel sends from @acme_bot.',
      },
    });
    const revoked = recorder(NOW, () => refusal(401, 'Unauthorized'));
    expect(await telegram.check?.(account, revoked.io)).toMatchObject({ ok: false, fault: { class: 'auth' } });
    expect(revoked.recorded.http).toHaveLength(1);
  });

  it('setWebhook, as it is described: address, secret and the updates that are read', async () => {
    const server = await startDescribedServer({ description: 'telegram' });
    const io = { now: () => NOW, http: client.http.bind(client) };
    const there = { ...account, baseUrl: server.url };
    expect(await telegram.register?.(there, io)).toEqual({ ok: true });
    expect(await telegram.register?.({ ...there, settings: { maxConnections: 100 } }, io)).toEqual({ ok: true });
    expect(await telegram.register?.({ ...there, settings: { maxConnections: 101 } }, io)).toEqual({ ok: true });
    const body = {
      url: account.webhookUrl,
      secret_token: account.webhookSecret,
      allowed_updates: ['message', 'edited_message', 'callback_query', 'my_chat_member'],
      max_connections: 40,
      drop_pending_updates: false,
    };
    expect(server.ledger.map((entry) => [entry.violations, entry.body])).toEqual([
      [[], body],
      [[], { ...body, max_connections: 100 }],
      [[], body],
    ]);
    await server.close();
  });

  it.each([
    ['no address', { webhookUrl: undefined }, 'webhook_not_https'],
    ['an address without TLS', { webhookUrl: 'http://hooks.acme.example/x' }, 'webhook_not_https'],
    ['no secret', { webhookSecret: '' }, 'webhook_without_secret'],
  ])('nothing with %s', async (_case, changed, code) => {
    const { io, recorded } = recorder(NOW, () => answer(200, { ok: true, result: true }));
    const { webhookUrl: _url, ...rest } = account;
    const { webhookUrl, ...others } = { webhookUrl: account.webhookUrl, ...changed };
    const bare = { ...rest, ...others, ...(webhookUrl !== undefined && { webhookUrl }) };
    expect(await telegram.register?.(bare, io)).toMatchObject({ ok: false, fault: { class: 'config', code } });
    expect(recorded.http).toEqual([]);
  });
});

describe('a file that a person sent', () => {
  function fetched(filePath: unknown, file: HttpResult) {
    const { io, recorded } = recorder(NOW, ({ url }) =>
      url.endsWith('/getFile') ? answer(200, { ok: true, result: { file_id: 'F', file_path: filePath } }) : file,
    );
    return { result: telegram.fetchMedia?.('F', account, io), recorded };
  }

  it('is looked up and fetched below the base URL', async () => {
    const bytes = Buffer.from([0xff, 0xd8, 0xff]);
    const { result, recorded } = fetched(
      'photos/file 0.jpg',
      answer(200, bytes, { 'content-type': 'application/octet-stream' }),
    );
    expect(await result).toEqual({ ok: true, contentType: 'image/jpeg', filename: 'file 0.jpg', content: bytes });
    expect(recorded.http).toMatchObject([
      { method: 'POST', url: `http://provider.invalid/bot${token}/getFile`, body: '{"file_id":"F"}' },
      {
        method: 'GET',
        url: `http://provider.invalid/file/bot${token}/photos/file%200.jpg`,
        maxAnswerBytes: 20 * 1024 * 1024,
      },
    ]);
  });

  it.each([
    ['voice/file_1.oga', {}, 'audio/ogg'],
    ['documents/file_2.PDF', {}, 'application/pdf'],
    ['documents/file_3.exe', {}, 'application/octet-stream'],
    ['documents/file_4', { 'content-type': 'text/plain; charset=utf-8' }, 'text/plain'],
  ])('has a type: %s %j', async (path, headers: Record<string, string>, contentType) => {
    expect(await fetched(path, answer(200, 'x', headers)).result).toMatchObject({ ok: true, contentType });
  });

  it.each(['/var/lib/bot/file.jpg', '../bot1:a/getMe', 'a/../../x', 'a//b', 'a\\..\\b', '', 7, undefined])(
    'is not fetched from %j',
    async (path) => {
      const { result, recorded } = fetched(path, answer(200, 'x'));
      expect(await result).toMatchObject({ ok: false, fault: { code: 'no_file_path' } });
      expect(recorded.http).toHaveLength(1);
    },
  );

  it('is a fault when Telegram does not give it', async () => {
    expect(await fetched('a.jpg', answer(404, 'Not Found')).result).toMatchObject({
      ok: false,
      fault: { code: 'http_404' },
    });
    const gone: HttpResult = { kind: 'IN_DOUBT', code: 'timeout', message: 'x' };
    expect(await fetched('a.jpg', gone).result).toMatchObject({ ok: false, fault: { class: 'ambiguous' } });
    const { io } = recorder(NOW, () => refusal(400, 'Bad Request: wrong file identifier specified'));
    expect(await telegram.fetchMedia?.('x', account, io)).toMatchObject({ ok: false, fault: { code: 'file_unknown' } });
  });
});
