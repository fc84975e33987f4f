import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BANS, type Ban } from './bans';
import { Copy, ROOT, sourceFiles } from './tree';

const FOLDERS = ['src', 'migrations', 'test', 'scripts', 'bench'];
const HOMES = ['src/platform/egress', 'src/platform/db', 'src/messages'];
/** The table of bans has to name what it bans. */
const ITSELF = 'test/fences/bans.ts';

describe('banned words', () => {
  const copy = new Copy(['src', 'migrations']);
  afterAll(() => copy.remove());

  it('are nowhere in the repository, and every folder was read', () => {
    const { files, findings } = scan(ROOT);

    expect(findings).toEqual([]);
    for (const folder of ['src/platform/', 'src/providers/', 'migrations/', 'test/'])
      expect(files.filter((path) => path.startsWith(folder)).length).toBeGreaterThan(0);
    expect(files.length).toBeGreaterThan(100);
  });

  it.each(BANS.map((ban) => [ban.name, ban] as const))('are caught when planted: %s', (_name, ban) => {
    copy.plant({ [ban.plant.path]: `const before = 1;\n${ban.plant.line}\n` });
    const { findings } = scan(copy.root);

    expect(findings).toContain(`${ban.plant.path}:2 ${ban.name}: ${ban.why}`);
  });

  it('are left alone where they belong', () => {
    const home = (ban: Ban) => HOMES.filter((folder) => ban.except?.test(`${folder}/planted.ts`));
    const exempted = BANS.filter((ban) => ban.except);

    expect(exempted.filter((ban) => home(ban).length !== 1)).toEqual([]);
    for (const ban of exempted) expect(faultsIn(`${home(ban)[0]}/planted.ts`, ban.plant.line, [ban])).toEqual([]);
  });

  it('may be named in a comment', () => {
    expect(faultsIn('src/channels/planted.ts', ' * never fetch(url) here\n// nor fetch(url)', BANS)).toEqual([]);
  });
});

function scan(root: string): { files: string[]; findings: string[] } {
  const files = sourceFiles(root, FOLDERS).filter((path) => path !== ITSELF);
  return { files, findings: files.flatMap((path) => faultsIn(path, readFileSync(join(root, path), 'utf8'), BANS)) };
}

function faultsIn(path: string, text: string, bans: readonly Ban[]): string[] {
  const valid = bans.filter((ban) => ban.where.test(path) && !ban.except?.test(path));
  return text
    .split('\n')
    .flatMap((line, index) =>
      valid
        .filter((ban) => ban.pattern.test(ban.inComments ? line : withoutComment(line)))
        .map((ban) => `${path}:${index + 1} ${ban.name}: ${ban.why}`),
    );
}

function withoutComment(line: string): string {
  return line.replace(/^\s*(\*|\/\*).*$/, '').replace(/(^|\s)\/\/.*$/, '');
}
