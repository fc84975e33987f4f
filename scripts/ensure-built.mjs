/** Builds `dist` when it is not the build of exactly these sources: `npm start` and `npm test` call it. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'dist', '.built-from');
const inputs = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'nest-cli.json',
  'src',
  'migrations',
];

const sources = hash();
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== sources) {
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const { status } = spawnSync(process.execPath, [nest, 'build'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, sources);
}

function hash() {
  const sum = createHash('sha256').update(process.version);
  for (const input of inputs) {
    const isFolder = !input.includes('.');
    const files = isFolder ? readdirSync(join(root, input), { recursive: true, withFileTypes: true }) : [];
    const paths = isFolder
      ? files.filter((f) => f.isFile()).map((f) => join(f.parentPath, f.name))
      : [join(root, input)];
    for (const path of paths.sort()) sum.update(`${path}\0`).update(readFileSync(path));
  }
  return sum.digest('hex');
}
