import { languageChain } from './languages';

it.each([
  ['de-AT', 'en', ['de-AT', 'de', 'en']],
  ['zh-Hant-TW', 'en-US', ['zh-Hant-TW', 'zh-Hant', 'zh', 'en-US', 'en']],
  ['en-GB', 'en', ['en-GB', 'en']],
  ['de', 'de', ['de']],
  [undefined, 'fr', ['fr']],
])('looks for %s where the tenant speaks %s in this order', (wanted, own, expected) => {
  expect(languageChain(wanted, own)).toEqual(expected);
});
