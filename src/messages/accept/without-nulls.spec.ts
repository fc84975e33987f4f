import { withoutNulls } from './without-nulls';

describe('withoutNulls', () => {
  it('takes null for "left out", at every depth and in lists', () => {
    const body = {
      to: 'a@b.co',
      expiresAt: null,
      content: { text: 'x', media: null, buttons: [{ title: 'y', url: null }] },
    };
    expect(withoutNulls(body)).toEqual({ to: 'a@b.co', content: { text: 'x', buttons: [{ title: 'y' }] } });
  });

  it('leaves the caller’s own facts alone', () => {
    const body = { metadata: { a: null }, variables: { b: null } };
    expect(withoutNulls(body)).toEqual(body);
  });
});
