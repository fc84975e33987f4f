const { swc } = require('./test/support/swc.cjs');

/** What is loaded once a process instead of once a test file: environment.cjs says why. */
const PRODUCT = `^${RegExp.escape(__dirname)}/((src|migrations)/.+|test/http/edge-app)\\.ts$`; // a clone may lie in a folder `src`
const OUTSIDE = '@nestjs|class-transformer|class-validator|pg|reflect-metadata|typeorm';

/**
 * Jest runs as `node --experimental-vm-modules node_modules/jest/bin/jest.js` on Node >= 24.9: only then can its CommonJS
 * runtime require() ESM-only packages. `npm test` does that.
 */
module.exports = {
  testEnvironment: '<rootDir>/test/support/environment.cjs',
  roots: ['<rootDir>/src', '<rootDir>/test'],
  testRegex: '\\.spec\\.ts$',
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/faults/', '<rootDir>/test/browser/'],
  testTimeout: 30_000,
  maxWorkers: 3, // one more than the processors that we count on: half of a test is waiting
  workerIdleMemoryLimit: '2GB',
  transform: {
    '\\.spec\\.ts$': ['@swc/jest', swc],
    [PRODUCT]: '<rootDir>/test/support/product.cjs',
    '/test/.+\\.ts$': ['@swc/jest', swc],
    [`/node_modules/(${OUTSIDE})/`]: '<rootDir>/test/support/product.cjs',
  },
  transformIgnorePatterns: [`/node_modules/(?!(${OUTSIDE})/)`],
  globalSetup: '<rootDir>/test/support/global-setup.cjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.cjs',
};
