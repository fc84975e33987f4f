import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ts from 'typescript';
import { ROOT, sourceFiles } from './tree';

const MOST = 4;
/** What a class is built from is a list of collaborators, not of arguments; a longer one says that it does too much. */
const MOST_INJECTED = 7;

describe('parameters', () => {
  it(`are at most ${MOST} a function and ${MOST_INJECTED} an injected constructor`, () => {
    const files = sourceFiles(ROOT, ['src', 'migrations', 'test']).filter((path) => path.endsWith('.ts'));

    expect(files.length).toBeGreaterThan(100);
    expect(files.flatMap((path) => crowded(path, readFileSync(join(ROOT, path), 'utf8')))).toEqual([]);
  });

  it.each([
    'function five(a, b, c, d, e) {}',
    'const five = (a, b, c, d, e) => a;',
    'class Five { five(a, b, c, d, e) {} }',
    'class Five { constructor(a, b, c, d, e) {} }',
    '@Injectable() class Eight { constructor(a, b, c, d, e, f, g, h) {} }',
  ])('are too many in: %s', (code) => {
    expect(crowded('planted.ts', code)).toHaveLength(1);
  });

  it('may be more in the constructor of an injected class', () => {
    expect(crowded('planted.ts', '@Injectable() class Six { constructor(a, b, c, d, e, f) {} }')).toEqual([]);
  });
});

function crowded(path: string, code: string): string[] {
  const file = ts.createSourceFile(path, code, ts.ScriptTarget.ES2023, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && isCode(node) && node.parameters.length > allowed(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      found.push(`${path}:${line + 1} has ${node.parameters.length} parameters`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** A callback given to `it.each` has one parameter for each column of its table. */
function isCode(node: ts.SignatureDeclaration): boolean {
  return 'body' in node && !(ts.isCallExpression(node.parent) && /\beach\b/.test(node.parent.expression.getText()));
}

function allowed(node: ts.SignatureDeclaration): number {
  if (!ts.isConstructorDeclaration(node)) return MOST;
  return ts.canHaveDecorators(node.parent) && ts.getDecorators(node.parent)?.length ? MOST_INJECTED : MOST;
}
