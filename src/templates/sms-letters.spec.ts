import { smsPartsOf } from '../providers/registry';
import { transliterate } from './sms-letters';

it.each([
  ['Zażółć gęślą jaźń', 'Zazólc gesla jazn'.replace('ó', 'o')],
  ['äöüßÄÖÜñéèàÇø€£[]', 'äöüßÄÖÜñéèàÇø€£[]'],
  ['Привет', 'Privet'],
  ['“smart” – quotes…', '"smart" - quotes...'],
  ['e\u0301', 'é'],
  ['a\u00a0b\u2028c\td', 'a b\nc d'],
  ['zero\u200bwidth\ufeff', 'zerowidth'],
  ['`tick`', "'tick'"],
  ['Ελλάδα', 'Ellada'],
])('writes %j as %j', (text, expected) => expect(transliterate(text)).toBe(expected));

it('leaves nothing that needs more than seven bits', () => {
  const texts = ['👨‍👩‍👧 🇩🇪 👍🏽', '你好', 'مرحبا', '日本', '\ue000', '𝔘', 'ﷺ', '\u0301', `a${'\u0301'.repeat(50)}`];
  for (const text of texts) {
    expect(transliterate(text)).not.toBe('');
    expect(smsPartsOf(transliterate(text)).encoding).toBe('GSM-7');
  }
});
