/** In the place of a module of the product, jest gets the one that runs outside (see environment.cjs). */
module.exports = {
  process: (_source, path) => ({ code: `module.exports = loadProduct(${JSON.stringify(path)});` }),
  getCacheKey: (_source, path) => `product ${path}`,
};
