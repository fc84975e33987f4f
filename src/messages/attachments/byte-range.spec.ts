import { byteRange } from './byte-range';

describe('byteRange', () => {
  it.each([
    ['bytes=0-', 0, 10],
    ['bytes=3-', 3, 10],
    ['bytes=3-3', 3, 4],
    ['bytes=3-99', 3, 10],
    ['bytes=-4', 6, 10],
    ['bytes=-99', 0, 10],
  ])('reads %s', (header, from, to) => {
    expect(byteRange(header, 10)).toEqual({ from, to });
  });

  it.each([
    undefined,
    '',
    'bytes=-',
    'bytes=10-',
    'bytes=5-4',
    'bytes=0-1,3-4',
    'bytes=-0',
    'lines=1-2',
    'bytes=a-b',
    'bytes=1e3-',
  ])('takes %s for everything', (header) => {
    expect(byteRange(header, 10)).toBeUndefined();
  });
});
