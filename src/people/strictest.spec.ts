import fc from 'fast-check';
import { NO_PREFERENCES, type Preferences } from '../preferences/preference.queries';
import { CHANNEL_TYPES } from '../providers/provider';
import { strictest } from './strictest';

const choice = fc.record({ allowed: fc.boolean() });
const perChannel = <T>(value: fc.Arbitrary<T>) =>
  fc.dictionary(fc.constantFrom(...CHANNEL_TYPES), value) as fc.Arbitrary<Record<string, T>>;
const preferences = fc.record({
  doNotContact: fc.boolean(),
  channels: perChannel(choice),
  topics: fc.dictionary(fc.constantFrom('news', 'orders'), perChannel(fc.boolean())),
}) as fc.Arbitrary<Partial<Preferences>>;
const whole = preferences.map((given): Preferences => ({ ...NO_PREFERENCES, ...given }));

const refusals = ({ doNotContact, channels, topics }: Preferences) =>
  new Set([
    ...(doNotContact ? ['all'] : []),
    ...CHANNEL_TYPES.filter((type) => channels[type]?.allowed === false),
    ...Object.entries(topics).flatMap(([topic, choices]) =>
      CHANNEL_TYPES.filter((type) => choices[type] === false).map((type) => `${topic} ${type}`),
    ),
  ]);

describe('what one person wants who was two contacts', () => {
  it('refuses what either refused, and nothing that neither did', () => {
    fc.assert(
      fc.property(whole, whole, (first, second) => {
        expect(refusals(strictest(first, second))).toEqual(new Set([...refusals(first), ...refusals(second)]));
      }),
      { numRuns: 1000 },
    );
  });

  it('is what the first says where neither refuses, and what the second says where the first says nothing', () => {
    const first: Preferences = { ...NO_PREFERENCES, preferredChannel: 'SMS', channels: { SMS: { allowed: true } } };
    const second: Preferences = {
      ...NO_PREFERENCES,
      preferredChannel: 'EMAIL',
      quietHours: { start: '21:00', end: '08:00' },
      channels: { SMS: { allowed: true, source: 'letter' }, EMAIL: { allowed: true, source: 'form' } },
      topics: { news: { EMAIL: true } },
    };
    expect(strictest(first, second)).toEqual({
      ...NO_PREFERENCES,
      preferredChannel: 'SMS',
      quietHours: { start: '21:00', end: '08:00' },
      channels: { SMS: { allowed: true }, EMAIL: { allowed: true, source: 'form' } },
      topics: { news: { EMAIL: true } },
    });
  });

  it('gives the reason of whoever wants no contact', () => {
    const calm: Preferences = { ...NO_PREFERENCES, reason: 'likes letters' };
    const closed: Preferences = { ...NO_PREFERENCES, doNotContact: true, reason: 'complained' };
    expect(strictest(calm, closed)).toMatchObject({ doNotContact: true, reason: 'complained' });
    expect(strictest(closed, calm)).toMatchObject({ doNotContact: true, reason: 'complained' });
  });
});
