import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';
import { normaliseAddress } from './address';

const address = (channelType: ChannelType, input: string) => {
  const result = normaliseAddress(channelType, input);
  return 'address' in result ? result.address : undefined;
};
const fault = (channelType: ChannelType, input: string) => {
  const result = normaliseAddress(channelType, input);
  return 'fault' in result ? result.fault : undefined;
};

describe('phone numbers', () => {
  it.each([
    ['already in E.164', '+14155552671', '+14155552671'],
    ['written for people', '+1 (415) 555-2671', '+14155552671'],
    ['with dots', '+49.151.23456789', '+4915123456789'],
    ['with spaces around', ' +14155552671 ', '+14155552671'],
    ['of a provider for tests', '+15005550006', '+15005550006'],
    ['of a Mexican mobile in its present form', '+525512345678', '+525512345678'],
    ['of a landline', '+442071838750', '+442071838750'],
  ])('takes a number %s', (_, input, expected) => {
    expect(address('SMS', input)).toBe(expected);
    expect(address('SMS', expected)).toBe(expected);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('takes the sandbox ending 000%i', (digit) => {
    expect(address('SMS', `+1415555000${digit}`)).toBe(`+1415555000${digit}`);
    expect(address('WHATSAPP', `+1415555000${digit}`)).toBe(`+1415555000${digit}`);
  });

  it.each([
    ['00 instead of +', '00442071838750', /instead of 00/],
    ['no country code', '4155552671', /country code/],
    ['a WhatsApp id without plus', '14155552671', /start with \+/],
    ['an extension', '+14155552671;ext=5', /extension/],
    ['an extension in words', '+14155552671 ext. 5', /extension/],
    ['the tel: scheme', 'tel:+1-415-555-2671', /without tel:/],
    ['full-width digits', '+１４１５５５５２６７１', /plain digits/],
    ['Arabic-Indic digits', '+١٤١٥٥٥٥٢٦٧١', /plain digits/],
    ['marks of writing direction', '\u202a+14155552671\u202c', /plain digits/],
    ['NUL', '+14155552671\u0000', /plain digits/],
    ['a line break', '+14155552671\n', /plain digits/],
    ['the old Mexican form', '+5215512345678', /leave out the 1/],
    ['a number kept for drama', '+441632960000', /not a number that exists/],
    ['a premium rate', '+19005550123', /premium-rate/],
    ['an Iridium satellite', '+881612345678', /satellite/],
    ['an Inmarsat satellite', '+870773111632', /satellite/],
    ['a free call', '+18005551212', /toll-free/],
    ['an international free call', '+80012345678', /toll-free/],
    ['an unknown country', '+999123', /7 to 15 digits/],
    ['an unknown country of full length', '+999123456789', /country code that exists/],
    ['an emergency number', '911', /country code/],
    ['a short code', '12345', /country code/],
    ['a short code with plus', '+12345', /7 to 15 digits/],
    ['letters', '+1415555CALL', /plain digits/],
    ['17 digits', '+12345678901234567', /7 to 15 digits/],
    ['two numbers', '+14155552671,+14155552672', /not a list/],
    ['a country code of zero', '+0123456789', /7 to 15 digits/],
    ['SQL', "' OR 1=1--", /plain digits/],
    ['nothing', '', /plain digits/],
    ['a plus alone', '+', /plain digits/],
    ['two pluses', '++14155552671', /plain digits/],
    ['a megabyte', '+1'.repeat(500_000), /plain digits/],
  ])('refuses %s with a sentence that helps', (_, input, sentence) => {
    expect(fault('SMS', input)).toMatch(sentence);
  });

  it('remembers only numbers that it found good, and keeps answering right far beyond what it remembers', () => {
    for (let i = 0; i < 25_000; i++) expect(address('SMS', `+1415${2_000_000 + i}`)).toBe(`+1415${2_000_000 + i}`);
    expect(address('SMS', '+14152000000')).toBe('+14152000000');
    expect(fault('SMS', '+19005550123')).toBeDefined();
    expect(fault('SMS', '+19005550123')).toBeDefined();
  });
});

it('judges a phone number alike, however many others it has seen since', () => {
  const others = Array.from({ length: 21_000 }, (_, n) => `+49151${10_000_000 + n}`);
  expect(others.map((number) => address('SMS', number))).toEqual(others);
  expect([others[0], others.at(-1)].map((number) => address('SMS', number ?? ''))).toEqual([others[0], others.at(-1)]);
  expect(fault('SMS', '+491511')).toBeDefined();
});

describe('e-mail addresses', () => {
  it.each([
    ['as it is', 'a@b.co', 'a@b.co'],
    ['in capitals, which is the same person', 'A@B.CO', 'a@b.co'],
    ['with a tag, which stays', 'a+tag@b.co', 'a+tag@b.co'],
    ['with a magic tag of the sandbox', 'ada+fail-permanent@example.com', 'ada+fail-permanent@example.com'],
    ['with an international domain, in punycode', 'a@exämple.de', 'a@xn--exmple-cua.de'],
    ['with the same domain in punycode', 'a@XN--EXMPLE-CUA.de', 'a@xn--exmple-cua.de'],
    ['with a decomposed international domain', 'a@exa\u0308mple.de', 'a@xn--exmple-cua.de'],
    ['with an apostrophe', "o'brien@example.com", "o'brien@example.com"],
    ['with 64 characters before the @', `${'a'.repeat(64)}@b.co`, `${'a'.repeat(64)}@b.co`],
    ['with a label of 63', `a@${'b'.repeat(63)}.co`, `a@${'b'.repeat(63)}.co`],
    ['with 254 characters', longAddress(254), longAddress(254)],
  ])('takes an address %s', (_, input, expected) => {
    expect(address('EMAIL', input)).toBe(expected);
  });

  it.each([
    ['a quoted mailbox', '"a b"@c.co', /quotes/],
    ['an international mailbox', 'ü@example.com', /ASCII/],
    ['a right-to-left override', '\u202Ea@b.co', /invisible/],
    ['a zero-width space', 'a\u200Bb@b.co', /invisible/],
    ['a full-width mailbox', 'Ａ@b.co', /ASCII/],
    ['a full-width domain', 'a@ｂ.co', /public domain/],
    ['an ideographic full stop', 'a@b。co', /public domain/],
    ['a smuggled header', 'a@b.co\r\nBcc: x@y.z', /control/],
    ['a line break at the end', 'a@b.co\n', /control/],
    ['NUL', 'a\u0000@b.co', /control/],
    ['half a surrogate pair', 'a\ud800@b.co', /invisible/],
    ['two addresses', 'a@b.co,c@d.co', /list/],
    ['two addresses with a semicolon', 'a@b.co;c@d.co', /list/],
    ['a script tag', '<script>@b.co', /angle brackets/],
    ['a spreadsheet formula', `"=cmd|' /C calc'!A0"@b.co`, /quotes/],
    ['65 characters before the @', `${'a'.repeat(65)}@b.co`, /64/],
    ['255 characters', longAddress(255), /254/],
    ['a label of 64', `a@${'b'.repeat(64)}.co`, /public domain/],
    ['a domain without a dot', 'a@b', /public domain/],
    ['an address literal', 'a@[127.0.0.1]', /IP address/],
    ['a bare IP address', 'a@127.0.0.1', /public domain/],
    ['an IP address in hexadecimal', 'a@0x7f.1', /public domain/],
    ['localhost', 'a@localhost', /public domain/],
    ['a name under localhost', 'a@mail.localhost', /public domain/],
    ['a dot at the start', '.a@b.co', /may not have/],
    ['two dots', 'a..b@c.co', /may not have/],
    ['a dot before the @', 'a.@c.co', /may not have/],
    ['a label that starts with a dash', 'a@-b.co', /public domain/],
    ['a label that ends with a dash', 'a@b-.co', /public domain/],
    ['a dot at the end', 'a@b.co.', /public domain/],
    ['broken punycode', 'a@xn--99999999.co', /public domain/],
    ['the mailto: scheme', 'mailto:a@b.co', /mailto/],
    ['a display name', 'Name <a@b.co>', /angle brackets/],
    ['a space', ' a@b.co', /spaces/],
    ['two @', 'a@b@c.co', /one @/],
    ['nothing', '', /e-mail address/],
    ['an @ alone', '@', /e-mail address/],
    ['a homoglyph', '\u0430@b.co', /ASCII/],
  ])('refuses %s with a sentence that helps', (_, input, sentence) => {
    expect(fault('EMAIL', input)).toMatch(sentence);
  });
});

describe('WhatsApp and Telegram', () => {
  it('takes the opaque id of a person who hides the number, letter for letter', () => {
    expect(address('WHATSAPP', 'US.13491208655302741918')).toBe('US.13491208655302741918');
    expect(fault('SMS', 'US.13491208655302741918')).toBeDefined();
    expect(fault('WHATSAPP', 'us.13491208655302741918')).toBeDefined();
  });

  it.each(['-1001234567890', '4503599627370496', '9007199254740993', '9223372036854775807', '-9223372036854775808'])(
    'keeps the chat id %s digit for digit',
    (id) => expect(address('TELEGRAM', id)).toBe(id),
  );

  it('treats a username the same in any case', () => {
    expect(address('TELEGRAM', '@Ada_Lovelace')).toBe('@ada_lovelace');
  });

  it.each([
    '9223372036854775808',
    '-9223372036854775809',
    '0',
    '-0',
    '007',
    '1e5',
    '1.0',
    '@ada',
    '@1abcde',
    '',
    '١٢٣',
    '12\n',
  ])('refuses %j as a chat', (input) => expect(fault('TELEGRAM', input)).toMatch(/chat id/));
});

it.each(CHANNEL_TYPES)('gives the same spelling again for a spelling it gave, for %s', (channelType) => {
  const inputs = ['A@B.CO', 'a@exämple.de', '+1 415 555 2671', '@Ada_Lovelace', '-100', 'US.1', '', 'x'];
  const once = inputs.map((input) => address(channelType, input)).filter((result) => result !== undefined);
  expect(once.length).toBeGreaterThan(0);
  expect(once.map((result) => address(channelType, result))).toEqual(once);
});

function longAddress(length: number): string {
  const labels = `${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.co`;
  return `${'a'.repeat(length - labels.length - 1 - 10)}@${'e'.repeat(9)}.${labels}`;
}
