import { Batcher } from './batcher';

describe('Batcher', () => {
  it('answers each item with its own result and joins items that wait together', async () => {
    const sizes: number[] = [];
    const batcher = new Batcher<number, number>(
      async (items) => {
        sizes.push(items.length);
        await new Promise((r) => setImmediate(r));
        return items.map((n) => n * 2);
      },
      { maxSize: 100, inFlight: 1, worthSecond: 1 },
    );
    const results = await Promise.all(Array.from({ length: 250 }, (_, n) => batcher.add(n)));
    expect(results).toEqual(Array.from({ length: 250 }, (_, n) => n * 2));
    expect(sizes).toEqual([100, 100, 50]);
  });

  it('lets one bad item fail alone', async () => {
    const batcher = new Batcher<number, number>(
      async (items) => {
        if (items.includes(13)) throw new Error('unlucky');
        return items;
      },
      { maxSize: 100, inFlight: 2, worthSecond: 1, aloneAfter: () => true },
    );
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => batcher.add(n)));
    expect(outcomes.filter((o) => o.status === 'rejected')).toHaveLength(1);
    expect(outcomes[13]?.status).toBe('rejected');
  });

  it('is drained only after the last flush ended', async () => {
    let ended = 0;
    const batcher = new Batcher<number, number>(
      async (items) => {
        await new Promise((r) => setImmediate(r));
        ended += items.length;
        return items;
      },
      { maxSize: 2, inFlight: 1, worthSecond: 1 },
    );
    for (let n = 0; n < 5; n++) void batcher.add(n);
    await batcher.drained();
    expect(ended).toBe(5);
  });

  it('begins a second flush beside the first only for enough items', async () => {
    const sizes: number[] = [];
    const releases: (() => void)[] = [];
    const batcher = new Batcher<number, number>(
      async (items) => {
        sizes.push(items.length);
        await new Promise<void>((r) => releases.push(r));
        return items;
      },
      { maxSize: 100, inFlight: 2, worthSecond: 10 },
    );
    const turn = () => new Promise((r) => setImmediate(r));
    const first = batcher.add(0);
    await turn();
    const few = Array.from({ length: 9 }, (_, n) => batcher.add(n));
    await turn();
    expect(sizes).toEqual([1]);
    const tenth = batcher.add(9);
    await turn();
    expect(sizes).toEqual([1, 10]);
    for (const release of releases) release();
    await Promise.all([first, ...few, tenth]);
  });

  it('writes what waited, however little, when the flush before it ends', async () => {
    const batcher = new Batcher<number, number>(
      async (items) => {
        await new Promise((r) => setImmediate(r));
        return items;
      },
      { maxSize: 100, inFlight: 2, worthSecond: 10 },
    );
    const first = batcher.add(1);
    await new Promise((r) => setImmediate(r));
    expect(await Promise.all([first, batcher.add(2)])).toEqual([1, 2]);
  });
});
