import fc from 'fast-check';
import {
  CHANNEL_TYPES,
  FAULT_CLASSES,
  MESSAGE_TYPES,
  type Account,
  type OutboundMessage,
  type ProviderIo,
  type WebhookRequest,
} from '../../src/providers/provider';
import {
  checkCredentials,
  describeProvider,
  findProvider,
  maskCredentials,
  providers,
  refusalsOf,
  usualBaseUrl,
} from '../../src/providers/registry';
import { accountOf, kitOf } from './accounts';
import { sendFixtures, toJson, webhookFixtures, type SendInput, type WebhookInput } from './fixtures';
import type { Kit, Signer } from './kit';
import { recorder, wireOf } from './recorder';

const BASE_URL = 'http://provider.invalid';
const NOW = new Date('2026-11-21T10:00:00Z');

/** The world outside while a webhook is verified: nobody can be reached, but for what the kit says. */
function ioAt(now: Date, kit: Kit): ProviderIo {
  return recorder(now, kit.outside ?? (() => ({ kind: 'NOT_SENT', code: 'x', message: 'x' }))).io;
}

describe('the registry', () => {
  it('knows every provider by its own type only', () => {
    const types = providers().map(({ type }) => type);
    expect(types.length).toBeGreaterThanOrEqual(3);
    expect(new Set(types).size).toBe(types.length);
    for (const type of types) expect(findProvider(type)?.type).toBe(type);
    expect(findProvider('nobody')).toBeUndefined();
  });

  it('has a fixture of a send and of a webhook for every provider', () => {
    const without = providers().filter(
      ({ type }) => sendFixtures(type).length === 0 || webhookFixtures(type).length === 0,
    );
    expect(without.map(({ type }) => type)).toEqual([]);
  });
});

describe.each(providers().map((provider) => [provider.type, provider] as const))(
  '%s keeps the contract',
  (type, provider) => {
    const kit = kitOf(type);

    describe('its description', () => {
      it('names its channel types, capabilities and credential fields', () => {
        expect(type).toMatch(/^[a-z][a-z0-9-]{1,40}$/);
        expect(provider.label).not.toBe('');
        expect(URL.canParse(usualBaseUrl(provider, accountOf(type, Object.keys(provider.channels)[0] as never)))).toBe(
          true,
        );
        expect(JSON.parse(JSON.stringify(describeProvider(provider)))).toMatchObject({
          type,
          channelTypes: Object.keys(provider.channels),
        });
        for (const [channelType, capabilities] of Object.entries(provider.channels)) {
          expect(CHANNEL_TYPES).toContain(channelType);
          expect(capabilities.messageTypes.length).toBeGreaterThan(0);
          expect(accountOf(type, channelType as never).from).toMatch(new RegExp(`^(?:${capabilities.fromPattern})$`));
        }
      });

      it('takes good credentials and masks the secret ones', () => {
        expect(checkCredentials(provider, kit.credentials)).toEqual([]);
        const masked = maskCredentials(provider, kit.credentials);
        expect(Object.keys(masked).sort()).toEqual(Object.keys(kit.credentials).sort());
        expect(Object.values(masked).every(({ set }) => set)).toBe(true);
        for (const secret of kit.secrets) expect(JSON.stringify(masked)).not.toContain(secret);
      });

      it.each(Object.entries(kit.badCredentials))(
        'refuses credentials that are wrong at %s',
        (pointer, credentials) => {
          expect(checkCredentials(provider, credentials).map((refusal) => refusal.pointer)).toContain(pointer);
        },
      );

      it('refuses a channel type that it does not carry', () => {
        for (const channelType of CHANNEL_TYPES.filter((each) => !provider.channels[each])) {
          const refusals = refusalsOf(provider, { channelType, messageType: 'TEXT', to: 'x', content: { text: 'x' } });
          expect(refusals[0]?.pointer).toBe('/channelType');
        }
      });

      it('refuses every message type that it does not list, by pointer', () => {
        for (const [channelType, { messageTypes }] of Object.entries(provider.channels)) {
          for (const messageType of MESSAGE_TYPES.filter((each) => !messageTypes.includes(each))) {
            const refusals = refusalsOf(provider, {
              channelType: channelType as never,
              messageType,
              to: 'x',
              content: {},
            });
            expect(refusals[0]?.pointer).toBe('/messageType');
          }
        }
      });
    });

    describe.each(sendFixtures(type).map((fixture) => [fixture.name, fixture] as const))(
      'sending %s',
      (_name, { input, expected }) => {
        it('is allowed and gives the request of the fixture', async () => {
          expect(refusalsOf(provider, input.message)).toEqual([]);
          const { io, recorded } = recorder(NOW, () => ({ kind: 'NOT_SENT', code: 'ECONNREFUSED', message: 'x' }));
          await provider.send(
            input.message,
            withOverrides(accountOf(type, input.message.channelType, BASE_URL), input),
            io,
          );
          const { http, ...others } = recorded;
          expect(toJson({ http: http.map((request) => wireOf(request, BASE_URL)), ...others })).toEqual(expected);
        });

        it('leaves the message as it was and sends nothing outside the base URL', async () => {
          const before = JSON.stringify(toJson(input.message));
          const { io, recorded } = recorder(NOW, () => ({
            kind: 'RESPONSE',
            status: 200,
            headers: {},
            body: Buffer.alloc(0),
          }));
          const account = withOverrides(accountOf(type, input.message.channelType, BASE_URL), input);
          await provider.send(input.message, account, io);
          await provider.check?.(account, io);
          await provider.query?.(input.message, account, io, NOW);
          expect(JSON.stringify(toJson(input.message))).toBe(before);
          expect(recorded.http.filter(({ url }) => !url.startsWith(`${BASE_URL}/`))).toEqual([]);
        });
      },
    );

    const { batch } = provider;
    if (batch)
      describe('many messages in one call', () => {
        const [fixture] = sendFixtures(type).filter(({ input }) => batch.fits(input.message, another(input.message)));
        const { message } = fixture!.input;
        const messages = [0, 1, 2, 3].map((n) => another(message, n));
        const account = accountOf(type, message.channelType, BASE_URL);

        it('fit each other when only the person differs, and not when the words do or the address is the same', () => {
          expect(batch.max).toBeGreaterThan(1);
          expect(batch.fits(messages[0]!, messages[1]!)).toBe(true);
          expect(batch.fits(messages[0]!, messages[0]!)).toBe(false);
          const { content } = messages[1]!;
          const other = content.template
            ? { ...content, template: { ...content.template, name: `${content.template.name}x` } }
            : { ...content, subject: 'Something else' };
          expect(batch.fits(messages[0]!, { ...messages[1]!, content: other })).toBe(false);
        });

        it('are one call that names each person and each reference', async () => {
          const { io, recorded } = recorder(NOW, () => ({ kind: 'NOT_SENT', code: 'ECONNREFUSED', message: 'x' }));
          const results = await batch.send(messages, account, io);
          expect(results.map(({ outcome }) => outcome)).toEqual(messages.map(() => 'NOT_SENT'));
          expect(recorded.http).toHaveLength(1);
          const sent = JSON.stringify(wireOf(recorded.http[0]!, BASE_URL));
          for (const { to, ref } of messages) expect([sent.includes(to), sent.includes(ref)]).toEqual([true, true]);
        });

        it('share the fate of a call that nobody answered', async () => {
          const { io } = recorder(NOW, () => ({ kind: 'IN_DOUBT', code: 'timeout', message: 'x' }));
          const results = await batch.send(messages, account, io);
          expect(results.map(({ outcome }) => outcome)).toEqual(messages.map(() => 'IN_DOUBT'));
        });
      });

    const { webhook } = provider;
    if (!webhook) return;

    describe.each(webhookFixtures(type).map((fixture) => [fixture.name, fixture] as const))(
      'the webhook %s',
      (_name, { input, expected }) => {
        const { request, channelType } = input;
        const account = accountOf(type, channelType);
        const io = ioAt(request.receivedAt, kit);
        const verify = (changed: WebhookRequest, by = account, at = io) => webhook.verify(changed, by, at);

        it('gives the events of the fixture, the same on every replay', () => {
          const events = webhook.parse(request, account);
          expect(toJson(events)).toEqual(expected);
          expect(webhook.parse(request, account)).toEqual(events);
        });

        it('gives events whose keys are different and short enough', () => {
          const keys = webhook.parse(request, account).map(({ eventKey }) => eventKey);
          expect(new Set(keys).size).toBe(keys.length);
          expect(keys.every((key) => key.length > 0 && key.length <= 200)).toBe(true);
        });

        it('is believed when the provider signed it', async () => {
          expect(await verify(signed(kit, input))).toBe(true);
        });

        it('is not believed when any byte of it was changed', async () => {
          const good = signed(kit, input);
          const believed: number[] = [];
          for (const at of coveredBytes(kit, good.rawBody)) {
            const rawBody = Buffer.from(good.rawBody);
            rawBody.writeUInt8(rawBody.readUInt8(at) ^ 1, at);
            if (await verify({ ...good, rawBody })) believed.push(at);
          }
          expect(believed).toEqual([]);
        });

        it('is not believed without a signature, with an empty, a mutilated or a foreign one', async () => {
          const good = signed(kit, input);
          const headers = kit.sign(request, 'provider').headers ?? {};
          for (const name of Object.keys(headers)) {
            const value = headers[name] ?? '';
            for (const wrong of [
              undefined,
              '',
              'x',
              value.slice(1),
              `${value}A`,
              'é'.repeat(value.length),
              '0'.repeat(5_000),
            ]) {
              const changed: Record<string, string> = { ...good.headers };
              if (wrong === undefined) delete changed[name];
              else changed[name] = wrong;
              expect(await verify({ ...good, headers: changed })).toBe(false);
            }
          }
          for (const spoilt of kit.spoilt?.(good) ?? []) expect(await verify(spoilt)).toBe(false);
          expect(Object.keys(headers).length + (kit.spoilt?.(good).length ?? 0)).toBeGreaterThan(0);
          expect(await verify(signed(kit, input, 'stranger'))).toBe(false);
        });

        it('is not believed by a channel that has no secret', async () => {
          const bare: Account = { ...account, ...kit.withoutSecret };
          expect(await verify(signed(kit, input), bare)).toBe(false);
          expect(await verify(signed(kit, input, 'nobody'), bare)).toBe(false);
          expect(await verify(request, bare)).toBe(false);
        });

        if (kit.window) {
          const { pastMs, futureMs } = kit.window;
          it.each([
            ['older than the window', -pastMs - 1_000, false],
            ['just inside the window', -pastMs + 1_000, true],
            ['further in the future than clocks differ', futureMs + 1_000, false],
            ['as far in the future as clocks differ', futureMs - 1_000, true],
          ])('with a signed timestamp %s: %s ms, believed: %s', async (_case, offsetMs, believed) => {
            const timestamp = new Date(request.receivedAt.getTime() + offsetMs);
            expect(await verify(signed(kit, input, 'provider', timestamp))).toBe(believed);
          });
        }
      },
    );

    it('never throws while it verifies or names an account, and parses or throws an Error, whatever arrives', async () => {
      const arbitrary = fc.record({
        rawBody: fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.json().map((json) => Buffer.from(json)),
          fc.webQueryParameters().map((form) => Buffer.from(form)),
        ),
        headers: fc.dictionary(
          fc.constantFrom(...Object.keys(kit.sign({ ...emptyRequest }, 'provider').headers ?? {}), 'content-type'),
          fc.string(),
        ),
      });
      await fc.assert(
        fc.asyncProperty(arbitrary, async ({ rawBody, headers }) => {
          const request: WebhookRequest = { ...emptyRequest, rawBody: Buffer.from(rawBody), headers };
          const account = accountOf(type, 'EMAIL');
          expect(await webhook.verify(request, account, ioAt(NOW, kit))).toBe(false);
          webhook.accountKeys?.(request);
          try {
            for (const event of webhook.parse(request, account)) expect(event.eventKey).not.toBe('');
          } catch (error) {
            expect((error as Error).constructor).toBe(Error);
          }
        }),
        { numRuns: 300 },
      );
    });

    it('uses only the fault classes that there are', () => {
      const faults = webhookFixtures(type).flatMap(({ input }) =>
        webhook
          .parse(input.request, accountOf(type, input.channelType))
          .flatMap((event) => ('fault' in event && event.fault ? [event.fault] : [])),
      );
      for (const fault of faults) {
        expect(FAULT_CLASSES).toContain(fault.class);
        expect(fault.message.length).toBeLessThanOrEqual(500);
      }
    });
  },
);

const emptyRequest: WebhookRequest = {
  method: 'POST',
  url: 'https://hooks.acme.example/x',
  headers: {},
  query: {},
  rawBody: Buffer.alloc(0),
  receivedAt: NOW,
};

function signed(kit: Kit, { request }: WebhookInput, as: Signer = 'provider', timestamp?: Date): WebhookRequest {
  const { headers, ...others } = kit.sign(request, as, timestamp);
  return { ...request, ...others, headers: { ...request.headers, ...headers } };
}

/** The same words to somebody else. */
function another(message: OutboundMessage, n = 0): OutboundMessage {
  const messageId = `0197a000-0000-7000-8000-00000000b00${n}`;
  return { ...message, messageId, ref: `${messageId}.1`, to: `person-${n}@example.com` };
}

/** Places of the bytes that a signature protects. */
function coveredBytes(kit: Kit, rawBody: Buffer): number[] {
  const ranges = kit.covered?.(rawBody) ?? [[0, rawBody.length]];
  return ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, index) => from + index));
}

function withOverrides(account: Account, { account: { credentials, settings, webhookUrl } }: SendInput): Account {
  const { webhookUrl: usualUrl, ...rest } = account;
  return {
    ...rest,
    credentials: { ...account.credentials, ...credentials },
    settings: { ...account.settings, ...settings },
    ...(webhookUrl !== null && usualUrl !== undefined && { webhookUrl: usualUrl }),
  };
}
