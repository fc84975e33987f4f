import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Config } from '../../config';
import { priceCategory, PriceTable } from './price-table';

const folder = mkdtempSync(join(tmpdir(), 'carillon-prices-'));
afterAll(() => rmSync(folder, { recursive: true }));

function table(text: string): PriceTable {
  const file = join(folder, 'prices.csv');
  writeFileSync(file, text);
  return new PriceTable(Object.assign(new Config(), { PRICE_TABLE_FILE: file }));
}

const SMS = { channelType: 'SMS' } as const;
const WHATSAPP = { channelType: 'WHATSAPP' } as const;

const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

describe('the price table', () => {
  const prices = table(`# what we pay
SMS,*,*,0.10,USD
SMS,*,+49,0.08,EUR
SMS,twilio,+49,0.075,EUR
SMS,twilio,+4915,0.09,EUR

WHATSAPP,*,*,0.05,USD
`);

  it.each([
    ['twilio', '+4915112345678', '0.09'],
    ['twilio', '+4930123456', '0.075'],
    ['vonage', '+4930123456', '0.08'],
    ['vonage', '+14155552671', '0.10'],
  ])('gives %s to %s the price of the closest line', (provider, to, amount) => {
    expect(prices.priceOf(provider, SMS, to)?.amount).toBe(amount);
  });

  it('knows nothing of channels that it does not name, and nothing at all when there is none', () => {
    expect(prices.priceOf('sendgrid', { channelType: 'EMAIL' }, 'ada@example.com')).toBeUndefined();
    expect(new PriceTable(new Config()).priceOf('twilio', SMS, '+49')).toBeUndefined();
  });

  it('goes by the line that holds today: the newest of those that have begun', () => {
    const dated = table(`SMS,*,+49,0.05,EUR
SMS,*,+49,0.06,EUR,${day(-40)}
SMS,*,+49,0.09,EUR,${day(2)}
SMS,*,+49,0.07,EUR,${day(-1)}
SMS,*,*,0.01,EUR,*
SMS,*,+44,0.03,GBP,${day(2)}
`);
    expect(dated.priceOf('twilio', SMS, '+4930123456')?.amount).toBe('0.07');
    expect(dated.priceOf('twilio', SMS, '+442071838750')?.amount).toBe('0.01');
  });

  it('goes by the category of a WhatsApp message, and by lines for all where the category has none', () => {
    const prices = table(`\ufeffWHATSAPP,*,+49,0.10,EUR
WHATSAPP,*,+49,0.113,EUR,,MARKETING
WHATSAPP,*,+49,0.046,EUR,2026-01-01,UTILITY
WHATSAPP,*,+49,0,EUR,*,SERVICE
WHATSAPP,vonage,+49,0.2,EUR
`);
    const price = (category?: string, provider = 'whatsapp') =>
      prices.priceOf(provider, WHATSAPP, '+4915112345678', category)?.amount;
    expect(['MARKETING', 'UTILITY', 'SERVICE', 'AUTHENTICATION', undefined].map((each) => price(each))).toEqual([
      '0.113',
      '0.046',
      '0',
      '0.10',
      '0.10',
    ]);
    expect(price('MARKETING', 'vonage')).toBe('0.2');
  });

  it('takes the category from the template, and a free message for an answer', () => {
    const template = { name: 'news', language: 'de', variables: {} };
    expect(priceCategory(WHATSAPP, { template: { ...template, category: 'UTILITY' } })).toBe('UTILITY');
    expect(priceCategory(WHATSAPP, { template })).toBeUndefined();
    expect(priceCategory(WHATSAPP, {})).toBe('SERVICE');
    expect(priceCategory(SMS, {})).toBeUndefined();
  });

  it.each([
    ['SMS,twilio,+49,0.075', 'currency'],
    ['SMS,twilio,+49,-1,EUR', 'price'],
    ['SMS,twilio,+49,1,euro', 'currency'],
    ['SMS,twilio,,1,EUR', 'prefix'],
    ['SMS,,*,1,EUR', 'providerType'],
    ['sms,*,*,1,EUR', 'channelType'],
    ['SMS,*,*,1,EUR,x', 'valid from'],
    ['SMS,*,*,1,EUR,2026-02-30', 'valid from'],
    ['SMS,*,*,1,EUR,31.01.2026', 'valid from'],
    ['WHATSAPP,*,*,1,EUR,,ADVERTISING', 'category'],
    ['SMS,*,*,1,EUR,,MARKETING', 'only WHATSAPP'],
    ['WHATSAPP,*,*,1,EUR,,MARKETING,x', 'too many'],
  ])('names the line that it cannot use, and the cell: %s', (line, cell) => {
    expect(() => table(`SMS,*,*,1,EUR\n${line}`)).toThrow(new RegExp(`line 2: .*${cell}`));
  });
});
