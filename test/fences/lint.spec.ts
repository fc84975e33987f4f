import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Copy, ROOT, runScript } from './tree';

/** Rule -> code in src/tenants/planted-<n>.ts that must be reported under that name. */
const PLANTS: Readonly<Record<string, string>> = {
  'max-lines': 'export const line = 1;\n'.repeat(301).replaceAll('line', 'line$'),
  'max-lines-per-function': `export function long(): number {\n${'  Math.random();\n'.repeat(61)}  return 1;\n}\n`,
  complexity: `export function branchy(n: number): number {\n${'  if (Math.random() > n) n++;\n'.repeat(16)}  return n;\n}\n`,
  'no-console': "console.log('hello');\n",
  'no-explicit-any': 'export const anything = (value: any): void => void value;\n',
  'no-non-null-assertion': 'export const sure = (value?: string): string => value!;\n',
  'no-floating-promises': 'export function forget(): void {\n  Promise.reject(new Error());\n}\n',
  'no-misused-promises': 'export const start = (): void => [1].forEach(async () => Promise.resolve());\n',
  'only-throw-error': "export function fail(): never {\n  throw 'text';\n}\n",
  'switch-exhaustiveness-check':
    "export function name(kind: 'A' | 'B'): string {\n  switch (kind) {\n    case 'A':\n      return 'a';\n  }\n  return '';\n}\n",
  'no-process-env': 'export const home = process.env.HOME;\n',
  'no-warning-comments': '// TODO later\nexport const later = 1;\n',
  eqeqeq: 'export const same = (a: number, b: number): boolean => a == b;\n',
};

describe('the linter', () => {
  const copy = new Copy(['.oxlintrc.json', 'tsconfig.json', 'package.json']);
  afterAll(() => copy.remove());

  it('reports a planted fault of every kind', async () => {
    const rules = Object.keys(PLANTS);
    copy.plant(Object.fromEntries(rules.map((rule, index) => [fileOf(index), numbered(PLANTS[rule]!)])));
    const reported = await lint(copy.root, ['src']);

    expect(
      rules.filter((rule, index) => !reported.some((fault) => fault.file === fileOf(index) && fault.rule === rule)),
    ).toEqual([]);
  });

  it('lets only the configuration read the environment', async () => {
    copy.plant({ 'src/config.ts': PLANTS['no-process-env']!, 'src/elsewhere.ts': PLANTS['no-process-env']! });
    const reported = (await lint(copy.root, ['src'])).filter((fault) => fault.rule === 'no-process-env');

    expect(reported.map((fault) => fault.file)).toContain('src/elsewhere.ts');
    expect(reported.map((fault) => fault.file)).not.toContain('src/config.ts');
  });

  it('is the one that the repository runs', () => {
    expect(existsSync(join(ROOT, 'node_modules/.bin/oxlint'))).toBe(true);
    expect(existsSync(join(ROOT, 'node_modules/.bin/tsgolint'))).toBe(true);
  });
});

function fileOf(index: number): string {
  return `src/tenants/planted-${index}.ts`;
}

/** Gives each `line$` a number of its own. */
function numbered(code: string): string {
  let next = 0;
  return code.replaceAll('line$', () => `line${next++}`);
}

async function lint(root: string, folders: readonly string[]): Promise<{ file: string; rule: string }[]> {
  const { stdout } = await runScript(
    'node_modules/oxlint/bin/oxlint',
    ['--type-aware', '--format', 'json', ...folders],
    root,
  );
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { filename: string; code: string }[] };
  return diagnostics.map(({ filename, code }) => ({ file: filename, rule: code.replace(/^.*\((.*)\)$/, '$1') }));
}
