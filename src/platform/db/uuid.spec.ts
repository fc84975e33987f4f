import { uuidv7 } from './uuid';

describe('uuidv7', () => {
  it('makes canonical version 7 ids that are unique and sort in the order of making', () => {
    const ids = Array.from({ length: 20_000 }, () => uuidv7());
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
  });

  it('keeps the order when the clock steps back', () => {
    const before = uuidv7(2_000_000_000_000);
    expect(uuidv7(1_000_000_000_000) > before).toBe(true);
  });
});
