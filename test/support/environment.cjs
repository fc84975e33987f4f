const { TestEnvironment } = require('jest-environment-node');
const { load } = require('./sources.cjs');

/** What the product makes and tests look at must be of one kind on both sides, and when time is faked, so must the time be. */
const SHARED = ['AggregateError', 'Date', 'Error', 'RangeError', 'SyntaxError', 'TypeError', 'Map', 'Set', 'Reflect'];

/**
 * Jest gives each test file a world of its own, with modules of its own. Loading the product took longer there than most files
 * take to test it, so it is loaded once a process, outside; product.cjs hands it in. Tests still are worlds of their own.
 */
module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.global.loadProduct = load;
    for (const name of SHARED) Object.defineProperty(this.global, name, { get: () => globalThis[name] });
    const FakeTimers = this.fakeTimersModern.constructor;
    this.fakeTimersModern = new FakeTimers({ config: config.projectConfig, global: globalThis });
  }
};
