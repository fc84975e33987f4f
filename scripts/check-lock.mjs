// Is the lock whole? Some registries lack the newest native packages of some platforms; npm then writes a lock without them,
// and `npm ci` fails on the machines that need them. Usage: node scripts/check-lock.mjs [package-lock.json]
import { readFileSync } from 'node:fs';

const path = process.argv[2] ?? 'package-lock.json';
const { packages } = JSON.parse(readFileSync(path, 'utf8'));
const wanted = Object.entries(packages).flatMap(([from, entry]) =>
  Object.keys(entry.optionalDependencies ?? {}).map((name) => ({ from, name })),
);
const missing = wanted.filter(({ from, name }) => !resolvable(from, name));

for (const { from, name } of missing)
  console.error(`${path}: ${from || 'the project'} wants ${name}, which has no entry`);
if (wanted.length === 0) console.error(`${path}: no optional dependency at all; is this the lock?`);
console.log(`${wanted.length} optional dependencies, ${missing.length} missing from the lock`);
process.exitCode = missing.length > 0 || wanted.length === 0 ? 1 : 0;

/** Looks for the package as Node does: in the node_modules of the package itself, then of every folder above it. */
function resolvable(from, name) {
  const folders = from === '' ? [''] : [`${from}/`];
  for (let at = from; at !== '';) {
    at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1));
    folders.push(at === '' ? '' : `${at}/`);
  }
  return folders.some((folder) => `${folder}node_modules/${name}` in packages);
}
