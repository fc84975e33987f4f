import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ProviderEvent, WebhookRequest } from '../../src/providers/provider';
import { telegram } from '../../src/providers/telegram';
import { ALLOWED_UPDATES } from '../../src/providers/telegram/register';
import { accountOf } from './accounts';
import { webhookFixtures } from './fixtures';
import { violationsOfType } from './kits/telegram';

const account = { ...accountOf('telegram', 'TELEGRAM'), credentials: { botToken: '1:a' } };

function eventsOf(update: unknown): ProviderEvent[] | undefined {
  const rawBody = Buffer.from(typeof update === 'string' ? update : JSON.stringify(update));
  const url = 'https://hooks.acme.example/x';
  const request: WebhookRequest = { method: 'POST', url, headers: {}, query: {}, rawBody, receivedAt: new Date(0) };
  return telegram.webhook?.parse(request, account);
}

describe('the updates of the tests', () => {
  it.each(webhookFixtures('telegram').map(({ name, input }) => [name, input.request.rawBody.toString()] as const))(
    '%s is an update as it is described',
    (_name, body) => {
      expect(violationsOfType('Update', JSON.parse(body))).toEqual([]);
    },
  );

  it('are checked by a description that bites', () => {
    expect(violationsOfType('Update', { message: {} })).not.toEqual([]);
    expect(violationsOfType('Update', { update_id: 1, message: { message_id: 1, date: 1 } })).not.toEqual([]);
    expect(violationsOfType('NoSuchType', {})).not.toEqual([]);
  });

  it('show every kind of update that is asked for', () => {
    const kinds = webhookFixtures('telegram').map(
      ({ input }) => Object.keys(JSON.parse(input.request.rawBody.toString()))[1],
    );
    expect(ALLOWED_UPDATES.filter((kind) => !kinds.includes(kind))).toEqual([]);
  });
});

describe('the updates after the description', () => {
  const { updates } = JSON.parse(readFileSync(join(__dirname, 'vectors/telegram-updates.json'), 'utf8'));

  it.each([
    ['start', [['inbound'], ['consent', 'OPTED_IN']]],
    ['text', [['inbound'], ['consent', 'OPTED_OUT']]],
    ['photo', [['inbound']]],
    ['callback', [['inbound']]],
    ['blocked', [['consent', 'OPTED_OUT']]],
    ['unblocked', [['consent', 'OPTED_IN']]],
  ])('%s', (name, kinds) => {
    expect(violationsOfType('Update', updates[name])).toEqual([]);
    expect(
      eventsOf(updates[name])?.map((event) => ('action' in event ? [event.kind, event.action] : [event.kind])),
    ).toEqual(kinds);
  });
});

describe('an update', () => {
  const chat = { id: 7, type: 'private', first_name: 'Ada' };

  it('that is told twice has the same keys, and another one of the same number has others', () => {
    const update = { update_id: 5, message: { message_id: 1, date: 1_795_255_200, chat, text: 'stop' } };
    const keys = (value: unknown) => eventsOf(value)?.map(({ eventKey }) => eventKey);
    expect(keys(update)).toEqual(keys(structuredClone(update)));
    const later = { ...update, message: { ...update.message, date: 1_800_000_000 } };
    expect(keys(later)?.filter((key) => keys(update)?.includes(key))).toEqual([]);
  });

  it.each([
    ['is no object', '[]'],
    ['is no JSON', '{"update_id":1'],
    ['has no number', '{"message":{}}'],
    ['has a number that is text', '{"update_id":"1"}'],
  ])('is an error when it %s', (_case, body) => {
    expect(() => eventsOf(body)).toThrow('The body must be an update with its update_id.');
  });

  it.each([
    ['nothing', { update_id: 1 }, 'empty'],
    ['a kind that came later', { update_id: 1, message_reaction: { chat, message_id: 1 } }, 'message_reaction'],
    ['a message without a chat', { update_id: 1, message: { message_id: 1, date: 1, text: 'x' } }, 'message'],
    ['a message that is no object', { update_id: 1, message: 'x' }, 'message'],
    ['a name of every object', { update_id: 1, constructor: {} }, 'constructor'],
    ['dice', { update_id: 1, message: { message_id: 1, date: 1, chat, dice: { emoji: '🎲', value: 3 } } }, 'message'],
    ['a photo without sizes', { update_id: 1, message: { message_id: 1, date: 1, chat, photo: [] } }, 'message'],
  ])('that holds %s is unknown', (_case, update, providerType) => {
    expect(eventsOf(update)).toMatchObject([{ kind: 'unknown', providerType }]);
  });

  it.each(['message', 'callback_query', 'edited_message', 'my_chat_member'])(
    'of %s never breaks, whatever is in it',
    (kind) => {
      const members = [
        'chat',
        'from',
        'message',
        'text',
        'photo',
        'sticker',
        'location',
        'contact',
        'data',
        'reply_markup',
      ];
      const value = fc.dictionary(fc.constantFrom(...members, 'id', 'date', 'message_id', 'file_id'), fc.jsonValue());
      fc.assert(
        fc.property(value, (member) => {
          for (const event of eventsOf({ update_id: 1, [kind]: member }) ?? []) {
            expect(event.eventKey).toMatch(/^1/);
            expect(Number.isNaN(event.at.getTime())).toBe(false);
          }
        }),
      );
    },
  );

  it.each(['9007199254740993', '-9007199254740993', '9223372036854775807'])(
    'keeps every digit of the chat %s',
    (id) => {
      const body = `{"update_id":1,"message":{"message_id":2,"date":3,"chat":{"id":${id},"type":"private"},"text":"stop"}}`;
      expect(eventsOf(body)).toMatchObject([
        { from: id, providerMessageId: `${id}:2` },
        { address: id, action: 'OPTED_OUT' },
      ]);
    },
  );

  it('takes a digit string of any length for no id', () => {
    const body = `{"update_id":1,"message":{"message_id":2,"date":3,"chat":{"id":${'9'.repeat(100_000)}},"text":"x"}}`;
    expect(eventsOf(body)).toMatchObject([{ kind: 'unknown' }]);
  });
});
