/**
 * In the place of a module of the product, jest gets the one that runs outside (see environment.cjs). So it does with packages that
 * know classes by what was noted about them, as tests of Nest's modules and of validation rules define some.
 */
const { load } = require('./sources.cjs');

module.exports = {
  process: (_source, path, { supportsStaticESM }) => ({ code: supportsStaticESM ? asModule(path) : asCommonJs(path) }),
  getCacheKey: (_source, path, { supportsStaticESM }) => `product ${path} ${supportsStaticESM}`,
};

function asCommonJs(path) {
  return `module.exports = loadProduct(${JSON.stringify(path)});`;
}

function asModule(path) {
  const names = Object.keys(load(path)).filter((name) => name !== 'default');
  return `const it = loadProduct(${JSON.stringify(path)});\nexport default it.default;\nexport const { ${names.join(', ')} } = it;`;
}
