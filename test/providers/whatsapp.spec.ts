import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HttpRequest, HttpResult } from '../../src/providers/http';
import type { Account, FaultClass, OutboundMessage } from '../../src/providers/provider';
import { whatsapp } from '../../src/providers/whatsapp';
import { CODE_CLASSES, faultOfAnswer, faultOfFailure, STATUS_CLASSES } from '../../src/providers/whatsapp/errors';
import { accountOf, kitOf } from './accounts';
import { sendFixtures } from './fixtures';
import { recorder } from './recorder';

const NOW = new Date('2026-11-21T10:00:00Z');
const noAnswer: HttpResult = { kind: 'IN_DOUBT', code: 'timeout', message: 'No whole answer within 1 ms.' };
const taken = json(200, { messages: [{ id: 'wamid.1' }] });

function json(status: number, body: object, headers: Record<string, string> = {}): HttpResult {
  return { kind: 'RESPONSE', status, headers, body: Buffer.from(JSON.stringify(body)) };
}

const failure = (status: number, code: number, headers?: Record<string, string>) =>
  json(status, { error: { code, message: 'no' } }, headers);

function account(changes: Partial<Account> = {}): Account {
  return { ...accountOf('whatsapp', 'WHATSAPP'), ...changes };
}

function fixture(name: string): OutboundMessage {
  return sendFixtures('whatsapp').find((each) => each.name === name)!.input.message;
}

/** Sends with these answers, one a call, and tells what was asked. */
async function send(message: OutboundMessage, ...answers: HttpResult[]) {
  const left = [...answers];
  const { io, recorded } = recorder(NOW, () => left.shift() ?? noAnswer);
  return { result: await whatsapp.send(message, account() as never, io), asked: recorded.http };
}

describe('the classes of errors of WhatsApp', () => {
  const { codes } = JSON.parse(readFileSync(join(__dirname, 'vectors/whatsapp-error-classes.json'), 'utf8')) as {
    codes: Record<string, [FaultClass, string]>;
  };
  const holder = account();

  it.each(Object.entries(codes))('%s: %j, whatever the status and in statuses alike', (code, [faultClass]) => {
    expect(CODE_CLASSES[code]).toBe(faultClass);
    for (const status of [200, 400, 429, 500]) {
      const { body } = failure(status, Number(code)) as { body: Buffer };
      expect(faultOfAnswer(status, body, holder)).toMatchObject({ class: faultClass, code });
    }
    expect(faultOfFailure({ code: Number(code) }, holder)).toMatchObject({ class: faultClass, code });
  });

  it('hold no code that is not in the list', () => {
    expect(Object.keys(CODE_CLASSES).sort()).toEqual(Object.keys(codes).sort());
  });

  it.each(Object.entries(STATUS_CLASSES))('without a known code are those of the status: %s', (status, faultClass) => {
    for (const body of ['', '<html>', '{}', '{"error":"no"}', '{"error":{"code":"x"}}'])
      expect(faultOfAnswer(Number(status), Buffer.from(body), holder)).toMatchObject({
        class: faultClass,
        code: `http_${status}`,
      });
    const { body } = failure(Number(status), 999_999) as { body: Buffer };
    expect(faultOfAnswer(Number(status), body, holder)).toMatchObject({ class: faultClass, code: '999999' });
  });

  it('offer a template after 24 hours', async () => {
    const { result } = await send(fixture('text'), failure(400, 131047));
    expect(result).toMatchObject({ outcome: 'REJECTED_PERMANENT', fault: { class: 'window' } });
    expect(JSON.stringify(result)).toMatch(/24 hours.*template/);
  });

  it('tell the details once, without the number that they name', () => {
    const error = { code: 100, message: 'Invalid parameter', error_data: { details: 'Not +49 170 1234567' } };
    const body = Buffer.from(JSON.stringify({ error }));
    expect(faultOfAnswer(400, body, holder).message).toBe('Invalid parameter: Not [number]');
    expect(faultOfFailure({ code: 1, title: 'a', message: 'a' }, holder).message).toBe('a');
  });
});

describe('sending by WhatsApp', () => {
  it('believes an error in an answer of success', async () => {
    const { result } = await send(fixture('text'), failure(200, 131056));
    expect(result).toMatchObject({ outcome: 'THROTTLED', fault: { code: '131056' } });
  });

  it.each([
    [failure(400, 80007, { 'x-business-use-case-usage': usage(3, 7) }), 7 * 60_000],
    [failure(400, 80007, { 'x-business-use-case-usage': usage(0) }), undefined],
    [failure(400, 80007, { 'x-business-use-case-usage': 'not JSON' }), undefined],
    [failure(429, 130429, { 'retry-after': '9', 'x-business-use-case-usage': usage(7) }), 9_000],
  ])('waits as long as it is told: %j', async (answer, retryAfterMs) => {
    const { result } = await send(fixture('text'), answer);
    expect(result).toMatchObject({ outcome: 'THROTTLED' });
    expect('retryAfterMs' in result ? result.retryAfterMs : undefined).toBe(retryAfterMs);
  });

  it('asks once, with the token in a header only', async () => {
    const { asked } = await send(fixture('text'), taken);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).not.toContain(kitOf('whatsapp').credentials['accessToken']);
    expect(asked[0]?.headers).toMatchObject({
      authorization: `Bearer ${kitOf('whatsapp').credentials['accessToken']}`,
    });
  });

  it('speaks the default version where none is named, below a base URL with a path', async () => {
    const { io, recorded } = recorder(NOW, () => taken);
    const { apiVersion: _version, ...credentials } = account().credentials;
    await whatsapp.send(
      fixture('text'),
      { ...account(), credentials, baseUrl: 'http://proxy.invalid/graph/' } as never,
      io,
    );
    expect(recorded.http[0]?.url).toBe('http://proxy.invalid/graph/v23.0/106540352242922/messages');
  });

  it.each(['', '   ', 'more than twenty characters', 7])(
    'does not let %j be the button of a list',
    async (listButton) => {
      const { io, recorded } = recorder(NOW, () => taken);
      await whatsapp.send(fixture('list'), account({ settings: { listButton } }) as never, io);
      expect(JSON.parse(String(recorded.http[0]?.body)).interactive.action.button).toBe('Options');
    },
  );
});

describe('a file of ours by WhatsApp', () => {
  const uploaded = json(200, { id: '4490709327384033' });
  const withFile = (
    changes: Partial<OutboundMessage['content']>,
    messageType: OutboundMessage['messageType'] = 'FILE',
  ) => {
    const message = fixture('attachment');
    return { ...message, messageType, content: { ...message.content, ...changes } };
  };
  const attachment = (contentType: string, bytes = 3) => [
    { filename: 'f', contentType, content: Buffer.alloc(bytes, 1) },
  ];

  it('is uploaded and then sent by its id, in the time of one call', async () => {
    const { result, asked } = await send(fixture('attachment'), uploaded, taken);
    expect(result).toEqual({ outcome: 'ACCEPTED', providerMessageId: 'wamid.1' });
    expect(asked.map(({ url }) => url.split('/').at(-1))).toEqual(['media', 'messages']);
    expect(JSON.parse(String(asked[1]?.body))).toMatchObject({
      type: 'document',
      document: { id: '4490709327384033', filename: 'Invoice 42.pdf', caption: 'Your invoice' },
      biz_opaque_callback_data: fixture('attachment').ref,
    });
    expect((asked[0]?.timeoutMs ?? 0) + (asked[1]?.timeoutMs ?? 0)).toBeLessThanOrEqual(20_000);
  });

  it.each([
    ['image/png', { image: { id: '4490709327384033', caption: 'Your invoice' } }],
    ['video/mp4', { video: { id: '4490709327384033', caption: 'Your invoice' } }],
    ['text/plain; charset=utf-8', { document: { id: '4490709327384033', filename: 'f', caption: 'Your invoice' } }],
  ])('of type %s is sent as what it is', async (contentType, expected) => {
    const message = withFile({ attachments: attachment(contentType) }, 'TEXT');
    const { asked } = await send(message, uploaded, taken);
    expect(JSON.parse(String(asked[1]?.body))).toMatchObject(expected);
  });

  it('stands above buttons', async () => {
    const content = { attachments: attachment('image/jpeg'), buttons: [{ title: 'Yes' }] };
    const { asked } = await send(withFile(content), uploaded, taken);
    expect(JSON.parse(String(asked[1]?.body))).toMatchObject({
      interactive: { header: { type: 'image', image: { id: '4490709327384033' } }, body: { text: 'Your invoice' } },
    });
  });

  it.each<[string, HttpResult, string, FaultClass]>([
    ['no answer', noAnswer, 'NOT_SENT', 'transient'],
    ['no connection', { kind: 'NOT_SENT', code: 'ECONNREFUSED', message: 'x' }, 'NOT_SENT', 'transient'],
    ['a 500', json(500, {}), 'NOT_SENT', 'transient'],
    ['a 200 without an id', json(200, { hello: 'world' }), 'NOT_SENT', 'transient'],
    ['code 131000', failure(500, 131000), 'NOT_SENT', 'transient'],
    ['code 131053', failure(400, 131053), 'REJECTED_PERMANENT', 'content'],
    ['code 190', failure(401, 190), 'REJECTED_RETRY', 'auth'],
    ['code 4', failure(400, 4), 'THROTTLED', 'throttled'],
  ])(
    'that cannot be uploaded (%s) is never in doubt, and nothing is sent',
    async (_case, answer, outcome, faultClass) => {
      const { result, asked } = await send(fixture('attachment'), answer, taken);
      expect(result).toMatchObject({ outcome, fault: { class: faultClass } });
      expect(asked).toHaveLength(1);
    },
  );

  it('leaves the message in doubt when it is the message that is not answered', async () => {
    const { result } = await send(fixture('attachment'), uploaded, noAnswer);
    expect(result).toMatchObject({ outcome: 'IN_DOUBT' });
  });

  it.each<[string, OutboundMessage]>([
    ['of an unknown type', withFile({ attachments: attachment('application/zip') })],
    ['beside another', withFile({ attachments: [...attachment('image/png'), ...attachment('image/png')] })],
    ['beside a link', withFile({ media: { url: 'https://files.acme.example/a.pdf' } })],
    ['that is too large for its kind', withFile({ attachments: attachment('image/png', 5 * 1024 * 1024 + 1) })],
    ['with words that would not be seen', withFile({ attachments: attachment('audio/mpeg') })],
    ['with too many words', withFile({ text: 'x'.repeat(1025) })],
    ['with a template', withFile({ template: { name: 'a', language: 'en', variables: {} } }, 'TEMPLATE')],
    ['above a list', withFile({ buttons: ['a', 'b', 'c', 'd'].map((title) => ({ title })) })],
  ])('%s is refused before anything is asked', async (_case, message) => {
    const { result, asked } = await send(message, uploaded, taken);
    expect(result).toMatchObject({ outcome: 'REJECTED_PERMANENT', fault: { class: 'content' } });
    expect(asked).toEqual([]);
  });
});

describe('checking and registering a WhatsApp channel', () => {
  const number = { verified_name: 'Acme', display_phone_number: '+1 555-078-3881', quality_rating: 'GREEN' };

  async function ask(verb: 'check' | 'register', answer: HttpResult, changes: Partial<Account> = {}) {
    const { io, recorded } = recorder(NOW, () => answer);
    return { result: await whatsapp[verb]?.(account(changes) as never, io), asked: recorded.http as HttpRequest[] };
  }

  it('asks for the number of the channel', async () => {
    const { result, asked } = await ask('check', json(200, number));
    expect(result).toEqual({ ok: true });
    expect(asked.map(({ method, url }) => [method, url.slice('http://provider.invalid'.length)])).toEqual([
      ['GET', '/v23.0/106540352242922?fields=verified_name,display_phone_number,quality_rating'],
    ]);
  });

  it.each<[HttpResult, FaultClass]>([
    [json(200, { ...number, display_phone_number: '+1 555-078-3882' }), 'config'],
    [json(200, {}), 'config'],
    [json(200, { error: { code: 190, message: 'expired' } }), 'auth'],
    [failure(400, 100), 'config'],
    [failure(401, 190), 'auth'],
    [json(503, {}), 'transient'],
    [{ kind: 'RESPONSE', status: 200, headers: {}, body: Buffer.from('<html>') }, 'ambiguous'],
    [noAnswer, 'ambiguous'],
  ])('tells what does not work: %j', async (answer, faultClass) => {
    expect((await ask('check', answer)).result).toMatchObject({ ok: false, fault: { class: faultClass } });
  });

  it('does not take a channel without digits for the same as a number without digits', async () => {
    const { result } = await ask('check', json(200, { display_phone_number: '-' }), { from: '+' });
    expect(result).toMatchObject({ ok: false });
  });

  it('subscribes the app to the account where it is known', async () => {
    const { result, asked } = await ask('register', json(200, { success: true }));
    expect(result).toEqual({ ok: true });
    expect(asked).toMatchObject([
      { method: 'POST', url: 'http://provider.invalid/v23.0/102290129340398/subscribed_apps', body: '{}' },
    ]);
    expect((await ask('register', json(200, { success: false }))).result).toMatchObject({ ok: false });
    expect((await ask('register', failure(403, 10))).result).toMatchObject({ ok: false, fault: { class: 'auth' } });
  });

  it('asks nobody where no account is known', async () => {
    const { wabaId: _id, ...credentials } = account().credentials;
    const { result, asked } = await ask('register', noAnswer, { credentials });
    expect(result).toEqual({ ok: true });
    expect(asked).toEqual([]);
  });
});

function usage(...minutes: number[]): string {
  const limits = minutes.map((estimated_time_to_regain_access) => ({
    type: 'messaging',
    estimated_time_to_regain_access,
  }));
  return JSON.stringify({ 102290129340398: limits });
}
