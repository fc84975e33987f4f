module.exports = require('./sources.cjs').load(require.resolve('./global-setup.ts')).default;
