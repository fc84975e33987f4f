/** The long fault runs: real processes, killed. `npm run test:faults`; FAULTS=short is what .ci/run asks for. */
module.exports = {
  ...require('./jest.config.js'),
  roots: ['<rootDir>/test/faults'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 900_000,
  maxWorkers: 1,
};
