import { folded, matches, type Matching, type Trigger } from './match';

const received = (text: string, channelType = 'SMS') => ({
  type: 'message.received',
  data: { channelType },
  text,
  contact: undefined,
});
const word = (match: Matching, ...words: string[]): Trigger => ({ type: 'message_received', match, words });

describe('matches', () => {
  it.each<[string, Trigger, boolean]>([
    ['Hello', { type: 'message_received' }, true],
    ['Info', word('exact', 'info'), true],
    [' INFO! ', word('exact', 'info'), true],
    ['info please', word('exact', 'info'), false],
    ['info please', word('starts_with', 'info'), true],
    ['information', word('starts_with', 'info'), false],
    ['send me info, please', word('contains_word', 'price', 'info'), true],
    ['misinformation', word('contains_word', 'info'), false],
    ['Où est le Café?', word('contains_word', 'cafe'), true],
    ['order status now', word('contains_word', 'order status'), true],
    ['', word('contains_word', 'info'), false],
    ['(a+)+$', word('contains_word', 'a'), true],
  ])('finds in %j by %j: %s', (text, trigger, expected) => {
    expect(matches(trigger, received(text))).toBe(expected);
  });

  it('keeps to channel types', () => {
    const trigger: Trigger = { type: 'message_received', channelTypes: ['WHATSAPP'] };
    expect(matches(trigger, received('Hi', 'WHATSAPP'))).toBe(true);
    expect(matches(trigger, received('Hi', 'SMS'))).toBe(false);
  });

  it('keeps to the state of a conversation', () => {
    const trigger: Trigger = { type: 'session', event: 'session.updated', status: 'PENDING' };
    const session = (type: string, status: string) => ({ type, data: { status }, text: undefined, contact: undefined });
    expect(matches(trigger, session('session.updated', 'PENDING'))).toBe(true);
    expect(matches(trigger, session('session.updated', 'ACTIVE'))).toBe(false);
    expect(matches(trigger, session('session.closed', 'PENDING'))).toBe(false);
  });

  it.each<[unknown, string[], boolean]>([
    [undefined, ['attributes.plan'], true],
    ['pro', ['language', 'attributes.plan'], true],
    ['free', ['attributes.plan'], false],
    ['pro', ['language'], false],
    [undefined, [], false],
  ])('sees that an attribute became %j when %j changed: %s', (value, changed, expected) => {
    const trigger: Trigger = {
      type: 'contact_changed',
      field: 'attributes.plan',
      ...(value !== undefined && { value }),
    };
    const contact = { language: 'de', attributes: { plan: 'pro' } };
    expect(matches(trigger, { type: 'contact.updated', data: { changed }, text: undefined, contact })).toBe(expected);
  });

  it('takes a removed attribute for null, and none for what every object has', () => {
    const happened = { type: 'contact.updated', data: { changed: ['attributes.toString'] }, text: undefined };
    const trigger: Trigger = { type: 'contact_changed', field: 'attributes.toString', value: null };
    expect(matches(trigger, { ...happened, contact: { attributes: {} } })).toBe(true);
  });
});

describe('folded', () => {
  it('keeps letters and digits of any script', () => {
    expect(folded('  ¡Hola,   MUNDO! 你好 42 ')).toBe('hola mundo 你好 42');
  });
});
