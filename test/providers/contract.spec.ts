import { CHANNEL_TYPES, MESSAGE_TYPES, type Account, type OutboundMessage } from '../../src/providers/provider';
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
import { sendFixtures, toJson, webhookFixtures, type SendInput } from './fixtures';
import { mailOf } from './mail-wire';
import { recorder, wireOf } from './recorder';

const BASE_URL = 'http://provider.invalid';
const NOW = new Date('2026-11-21T10:00:00Z');

describe('the registry', () => {
  it('knows every provider by its own type only', () => {
    const types = providers().map(({ type }) => type);
    expect(types.length).toBeGreaterThanOrEqual(3);
    expect(new Set(types).size).toBe(types.length);
    for (const type of types) expect(findProvider(type)?.type).toBe(type);
    expect(findProvider('nobody')).toBeUndefined();
  });

  it('has a fixture of a send and, where there is one, of a webhook for every provider', () => {
    const without = providers().filter(
      ({ type, webhook }) => sendFixtures(type).length === 0 || (webhook && webhookFixtures(type).length === 0),
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
          const { http, mails, mailServers: _servers, ...others } = recorded;
          const smtp = mails.length > 0 && { smtp: mails.map(mailOf) };
          expect(toJson({ http: http.map((request) => wireOf(request, BASE_URL)), ...smtp, ...others })).toEqual(
            expected,
          );
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
          expect(recorded.mailServers.filter(({ host }) => host !== new URL(BASE_URL).hostname)).toEqual([]);
        });
      },
    );

    const { batch } = provider;
    if (batch)
      describe('many messages in one call', () => {
        const [fixture] = sendFixtures(type).filter(({ input }) => batch.groupOf(input.message) !== undefined);
        const { message } = fixture!.input;
        const messages = [0, 1, 2, 3].map((n) => another(message, n));
        const account = accountOf(type, message.channelType, BASE_URL);

        it('are of one group when only the person differs, and not when the template or the files do', () => {
          const { content } = message;
          const template = content.template
            ? { ...content.template, name: `${content.template.name}x` }
            : { name: 'd-x', language: 'en', variables: {} };
          const attachments = [{ filename: 'a.txt', contentType: 'text/plain', content: Buffer.from('a') }];
          expect(batch.max).toBeGreaterThan(1);
          expect(new Set(messages.map((each) => batch.groupOf(each))).size).toBe(1);
          expect(batch.groupOf({ ...message, content: { ...content, template } })).not.toBe(batch.groupOf(message));
          expect(batch.groupOf({ ...message, content: { ...content, attachments } })).not.toBe(batch.groupOf(message));
        });

        it('are each in one call', () => {
          const calls = batch.callsOf?.(messages) ?? [messages];
          expect(calls.flat()).toEqual(messages);
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
  },
);

/** The same words to somebody else. */
function another(message: OutboundMessage, n = 0): OutboundMessage {
  const messageId = `0197a000-0000-7000-8000-00000000b00${n}`;
  return { ...message, messageId, ref: `${messageId}.1`, to: `person-${n}@example.com` };
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
