import { join } from 'node:path';
import { Threads, type ThreadOptions } from './threads';

const open: Threads[] = [];
afterEach(() => Promise.all(open.splice(0).map((threads) => threads.close())));

function threads(options: Partial<ThreadOptions> = {}): Threads {
  const file = join(__dirname, '../../../test/support/odd-thread.cjs');
  const made = new Threads({ file, threads: 2, timeoutMs: 300, memoryMb: 32, maxWaiting: 50, ...options });
  open.push(made);
  return made;
}

const echo = (value: unknown) => ({ deed: 'echo', value });
const stopped = (why: string) => expect.objectContaining({ name: 'JobStopped', why });

it('answers each job with its own result, in the order of each owner', async () => {
  const pool = threads();
  const order: string[] = [];
  const ask = (owner: string, value: string) =>
    pool.run(owner, echo(value)).then((result) => order.push(String(result)));
  await Promise.all([ask('a', 'a1'), ask('a', 'a2'), ask('b', 'b1'), ask('a', 'a3')]);
  expect(new Set(order)).toEqual(new Set(['a1', 'a2', 'a3', 'b1']));
  expect(order.filter((value) => value !== 'b1')).toEqual(['a1', 'a2', 'a3']);
});

it('gives back what a job threw, and goes on with the same thread', async () => {
  const pool = threads({ threads: 1 });
  await expect(pool.run('a', { deed: 'fail' })).rejects.toThrow('as told');
  expect(await pool.run('a', echo(1))).toBe(1);
});

it.each([
  ['never ends', 'spin', 'TIME'],
  ['takes all memory', 'fill', 'MEMORY'],
  ['ends its thread', 'leave', 'MEMORY'],
])('stops a job that %s, and serves the next one', async (_, deed, why) => {
  const pool = threads({ threads: 1, timeoutMs: deed === 'fill' ? 20_000 : 300 });
  await expect(pool.run('a', { deed })).rejects.toEqual(stopped(why));
  expect(await pool.run('a', echo(2))).toBe(2);
});

it('lets nobody wait for more than one job of anybody else', async () => {
  const pool = threads();
  const ended: string[] = [];
  const hostile = Array.from({ length: 6 }, (_, i) =>
    pool.run('hostile', { deed: 'spin' }).catch(() => ended.push(`hostile ${i}`)),
  );
  const others = ['b', 'c', 'd'].map((owner) => pool.run(owner, echo(owner)).then(() => ended.push(owner)));
  await Promise.all(others);
  expect(ended.filter((name) => name.startsWith('hostile')).length).toBeLessThanOrEqual(1);
  await Promise.all(hostile);
  expect(ended).toHaveLength(9);
});

it('refuses more jobs of an owner than may wait, and none of another', async () => {
  const pool = threads({ threads: 1, maxWaiting: 2 });
  const jobs = Array.from({ length: 5 }, (_, i) => pool.run('a', echo(i)).catch((error: unknown) => error));
  expect(await pool.run('b', echo('b'))).toBe('b');
  expect(await Promise.all(jobs)).toEqual([0, 1, 2, stopped('TOO_MANY'), stopped('TOO_MANY')]);
});

it('stops what runs and what waits when it closes', async () => {
  const pool = threads({ threads: 1, timeoutMs: 60_000 });
  const jobs = [pool.run('a', { deed: 'spin' }), pool.run('a', echo(1)), pool.run('b', echo(1))];
  const results = Promise.all(jobs.map((job) => job.catch((error: unknown) => error)));
  await pool.close();
  expect(await results).toEqual([stopped('CLOSED'), stopped('CLOSED'), stopped('CLOSED')]);
  await expect(pool.run('c', echo(1))).rejects.toEqual(stopped('CLOSED'));
});
