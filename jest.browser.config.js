/** The tests in a browser alone; `npm test` runs them too where there is a Chromium. */
module.exports = { ...require('./jest.config.js'), roots: ['<rootDir>/test/browser'], maxWorkers: 1 };
