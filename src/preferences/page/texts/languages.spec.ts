import { fill, pageLanguage, TEXTS } from './languages';

/** Every text of a language, by its path. */
function leaves(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'string') return [[path, value]];
  return Object.entries(value as object).flatMap(([key, inner]) => leaves(inner, path ? `${path}.${key}` : key));
}

const placesIn = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([place]) => place).toSorted();

describe('the texts', () => {
  const english = leaves(TEXTS.en);

  it.each(Object.entries(TEXTS))('in %s are all there, with the same names in them as in English', (_, texts) => {
    const places = new Map(leaves(texts).map(([path, text]) => [path, [...new Set(placesIn(text))]]));
    for (const [path, text] of english) expect([path, places.get(path)]).toEqual([path, [...new Set(placesIn(text))]]);
    expect(places.size).toBe(english.length);
    for (const [path, text] of leaves(texts)) expect([path, text.trim(), text]).toEqual([path, text, text]);
  });
});

describe('the language', () => {
  it.each([
    ['de-AT', 'fr', 'de'],
    ['ja', 'fr', 'fr'],
    [null, 'es-MX,es;q=0.9', 'es'],
    [null, 'ja, pt-BR;q=0.1', 'pt'],
    [null, 'de;q=0, en;q=0.1', 'en'],
    [null, ';;;,,q=1,*', 'en'],
    [null, undefined, 'en'],
    [null, '__proto__', 'en'],
  ])('of somebody with %s whose browser says %s is %s', (own, accepted, expected) => {
    expect(pageLanguage(own, accepted)).toBe(expected);
  });
});

describe('a name in a text', () => {
  it('is put in once, whatever it says', () => {
    expect(fill('{sender}: {topic} {other}', { sender: '{topic}', topic: '$&' })).toBe('{topic}: $& {other}');
  });
});
