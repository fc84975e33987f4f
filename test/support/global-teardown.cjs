module.exports = require('./sources.cjs').load(require.resolve('./global-teardown.ts')).default;
