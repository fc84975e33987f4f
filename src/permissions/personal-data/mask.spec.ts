import { HIDDEN, maskPersonalData, type Sight } from './mask';

const blind: Sight = { sees: () => false, open: [] };
const textsOnly: Sight = { sees: (channelType) => channelType === 'SMS', open: [] };

describe('masking personal data', () => {
  it('keeps the type of every field', () => {
    const thing = {
      id: 'x',
      to: 'ada@example.com',
      from: null,
      subject: 'Hi',
      html: '',
      content: { text: 'Hi' },
      labels: ['vip'],
      metadata: {},
      status: 'SENT',
      attempts: 1,
      text: 7,
    };
    expect(maskPersonalData(thing, blind)).toEqual({
      id: 'x',
      to: 'a•••@example.com',
      from: null,
      subject: HIDDEN,
      html: '',
      content: {},
      labels: [],
      metadata: {},
      status: 'SENT',
      attempts: 1,
      text: 0,
    });
  });

  it('finds fields however deep they stand, in objects and lists', () => {
    const answer = { data: [{ identities: [{ address: '+4915112345678' }] }], page: { next: 'name' } };
    expect(maskPersonalData(answer, blind)).toEqual({
      data: [{ identities: [{ address: '+4915•••5678' }] }],
      page: { next: 'name' },
    });
  });

  it('masks addresses in the words of machines, and what stands below them', () => {
    expect(maskPersonalData({ detail: 'no mailbox ada@example.com' }, blind)).toEqual({
      detail: 'no mailbox a•••@example.com',
    });
    expect(maskPersonalData({ reason: { code: 'x', detail: 'call +4915112345678' } }, blind)).toEqual({
      reason: { code: 'x', detail: 'call +4915•••5678' },
    });
  });

  it('goes by the channel type that a thing names, for all that is inside', () => {
    const sms = { channelType: 'SMS', to: '+4915112345678', parts: [{ text: 'Hi' }] };
    const mail = { channelType: 'EMAIL', to: 'ada@example.com' };
    const person = { name: 'Ada', messages: [sms, mail] };
    expect(maskPersonalData(person, textsOnly)).toEqual({
      name: HIDDEN,
      messages: [sms, { channelType: 'EMAIL', to: 'a•••@example.com' }],
    });
  });

  it('leaves a field whole that is about no people here', () => {
    const sight = { ...blind, open: ['name', 'content'] };
    const campaign = { name: 'Spring', content: { text: 'Sale' }, recipients: [{ to: 'ada@example.com' }] };
    expect(maskPersonalData(campaign, sight)).toEqual({ ...campaign, recipients: [{ to: 'a•••@example.com' }] });
  });

  it('is not led astray by names that every object has', () => {
    const odd: unknown = JSON.parse('{"constructor":"x","__proto__":{"name":"Ada"},"toString":"y"}');
    expect(JSON.stringify(maskPersonalData(odd, blind))).toBe(
      `{"constructor":"x","__proto__":{"name":"${HIDDEN}"},"toString":"y"}`,
    );
  });
});
