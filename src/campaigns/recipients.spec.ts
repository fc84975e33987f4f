import { mergeRecipients } from './recipients';

const ADA = '0190a000-0000-7000-8000-000000000001';
const BOB = '0190a000-0000-7000-8000-000000000002';
const NOBODY = '0190a000-0000-7000-8000-000000000003';
const CONTACTS = new Map([
  [ADA, '+14155552671'],
  [BOB, null],
]);

describe('mergeRecipients', () => {
  it('merges spellings of one address and the contact that holds it, and counts them', () => {
    const named = [
      { to: '+14155552671', variables: { name: 'first' } },
      { to: '+1 (415) 555-2671', variables: { name: 'second' } },
      { contactId: ADA },
      { to: '+14155552672' },
    ];

    const { recipients, duplicates } = mergeRecipients('SMS', named, CONTACTS);

    expect(duplicates).toBe(2);
    expect(recipients.map(({ key, variables }) => [key, variables])).toEqual([
      ['+14155552671', { name: 'first' }],
      ['+14155552672', {}],
    ]);
  });

  it('keeps a contact without an address for the channel type as excluded', () => {
    const { recipients } = mergeRecipients('SMS', [{ contactId: BOB }, { contactId: BOB }], CONTACTS);

    expect(recipients).toEqual([
      { key: `contact:${BOB}`, contactId: BOB, variables: {}, status: 'EXCLUDED', reasonCode: 'no_address' },
    ]);
  });

  it('names every recipient that is no address or no contact', () => {
    const named = [{ to: '+14155552671' }, { to: 'nonsense' }, { to: null, contactId: null }, { contactId: NOBODY }];

    expect(() => mergeRecipients('SMS', named, CONTACTS)).toThrow(
      expect.objectContaining({
        status: 422,
        errors: [
          { pointer: '/recipients/1/to', message: expect.any(String) },
          { pointer: '/recipients/2/contactId', message: 'there is no such contact' },
          { pointer: '/recipients/3/contactId', message: 'there is no such contact' },
        ],
      }),
    );
  });
});
