/**
 * Runs TypeScript as it stands, without a build, in a process of our own: `node -r ./test/support/sources.cjs file.ts`, the
 * threads of tests, and the product under test itself (see environment.cjs).
 */
const { transformFileSync } = require('@swc/core');
const { swc } = require('./swc.cjs');

process.setSourceMapsEnabled(true);

require.extensions['.ts'] = (module, path) => module._compile(transformFileSync(path, swc).code, path);

exports.load = (path) => require(path);
