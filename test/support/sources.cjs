/**
 * Runs TypeScript as it stands, without a build, in a process of our own: `node -r ./test/support/sources.cjs file.ts`, the
 * threads of tests, and the product under test itself (see environment.cjs).
 */
const { transformFileSync } = require('@swc/core');
const { swc } = require('./swc.cjs');

process.setSourceMapsEnabled(true);

const loaders = {
  '.js': require.extensions['.js'],
  '.ts': (module, path) => module._compile(transformFileSync(path, swc).code, path),
};
Object.assign(require.extensions, loaders);

/** Loads a module outside of jest's worlds. While jest starts, it has hooks of its own in the way. */
exports.load = (path) => {
  Object.assign(require.extensions, loaders);
  return require(path);
};
