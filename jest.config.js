const { swc } = require('./test/support/swc.cjs');

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
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  transform: {
    '^.+\\.spec\\.ts$|/test/.+\\.ts$': ['@swc/jest', swc],
    '/(src|migrations)/.+\\.ts$': '<rootDir>/test/support/product.cjs',
  },
  globalSetup: '<rootDir>/test/support/global-setup.cjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.cjs',
};
