import { describe, expect, it } from '@jest/globals';
import { maskAddress, maskText } from './mask-address';

describe('maskAddress', () => {
  it.each([
    ['+14155552671', '+1415•••2671'],
    ['ada@example.com', 'a•••@example.com'],
    ['a@example.com', '•••@example.com'],
    ['😀x@example.com', '😀•••@example.com'],
    ['@example.com', '•••'],
    ['+4912345678', '+4•••78'],
    ['123456789', '12•••89'],
    ['12345', '•••'],
    ['', '•••'],
  ])('shows %s as %s', (address, masked) => {
    expect(maskAddress(address)).toBe(masked);
  });
});

describe('maskText', () => {
  it('masks every address, number and token within other words', () => {
    expect(maskText('to "ada@example.com", +1 (415) 555-2671 with SG.abcdefghijklmnopqrstuvwxyz0123456789_x')).toBe(
      'to "a•••@example.com", +1 (4•••2671 with SG.•••',
    );
  });

  it('leaves ordinary words and small numbers alone', () => {
    const text = 'Listening on port 3000; 12 messages, PostgreSQL 18.4, /api/v1/communication/contacts/:id/preferences';
    expect(maskText(text)).toBe(text);
  });
});
