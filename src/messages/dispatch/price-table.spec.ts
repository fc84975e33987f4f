import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Config } from '../../config';
import { PriceTable } from './price-table';

const folder = mkdtempSync(join(tmpdir(), 'carillon-prices-'));
afterAll(() => rmSync(folder, { recursive: true }));

function table(text: string): PriceTable {
  const file = join(folder, 'prices.csv');
  writeFileSync(file, text);
  return new PriceTable(Object.assign(new Config(), { PRICE_TABLE_FILE: file }));
}

const SMS = { channelType: 'SMS' } as const;

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

  it.each([
    'SMS,twilio,+49,0.075',
    'SMS,twilio,+49,-1,EUR',
    'SMS,twilio,+49,1,euro',
    'sms,*,*,1,EUR',
    'SMS,*,*,1,EUR,x',
  ])('names the line that it cannot use: %s', (line) => {
    expect(() => table(`SMS,*,*,1,EUR\n${line}`)).toThrow('line 2');
  });
});
