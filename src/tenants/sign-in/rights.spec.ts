import { rightsOf } from './rights';

const GRANTS = [
  { channelType: null, actions: ['stats:read', 'messages:read'] },
  { channelType: 'SMS', actions: ['messages:send', 'access:manage'] },
  { channelType: 'EMAIL', actions: ['messages:send', 'messages:read'] },
];

describe('the rights of a user', () => {
  it('hold everywhere or on some channel types', () => {
    expect(rightsOf(GRANTS, ['*'])).toEqual({
      scopes: ['stats:read', 'messages:read'],
      partly: { 'messages:send': ['SMS', 'EMAIL'], 'messages:read': ['EMAIL'] },
    });
  });

  it('are no more than the scopes of the key that acts for the user', () => {
    expect(rightsOf(GRANTS, ['messages:send', 'campaigns:read'])).toEqual({
      scopes: [],
      partly: { 'messages:send': ['SMS', 'EMAIL'] },
    });
    expect(rightsOf(GRANTS, [])).toEqual({ scopes: [], partly: {} });
    expect(rightsOf([], ['*'])).toEqual({ scopes: [], partly: {} });
  });

  it('never hold on one channel type for what has none', () => {
    expect(rightsOf(GRANTS, ['access:manage'])).toEqual({ scopes: [], partly: {} });
  });
});
