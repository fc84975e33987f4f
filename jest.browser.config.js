/** The tests in a browser, which not every machine has: `npm run test:browser`; `.ci/run` installs one where it may. */
module.exports = {
  ...require('./jest.config.js'),
  roots: ['<rootDir>/test/browser'],
  testPathIgnorePatterns: ['/node_modules/'],
  maxWorkers: 1,
};
