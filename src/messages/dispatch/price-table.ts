import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Config } from '../../config';
import type { Account, Money } from '../../providers/provider';

/** One line of the operator's table. */
interface Price {
  channelType: string;
  /** Any provider's when left out. */
  providerType?: string;
  /** How the address begins ("+49"); every address when left out. */
  prefix: string;
  /** Of one part of an SMS, or of one message. */
  cost: Money;
}

/**
 * What messages cost by the operator's own table, for providers that do not say it when they take a message. Such a cost is
 * an estimate until the provider names its own.
 */
@Injectable()
export class PriceTable {
  /** The closest first: the longest beginning, and of equal ones a provider's own before any provider's. */
  private readonly prices: readonly Price[];

  /** Throws an Error that names the line which cannot be used. */
  constructor(config: Config) {
    this.prices = config.PRICE_TABLE_FILE ? readPrices(config.PRICE_TABLE_FILE).sort(byCloseness) : [];
  }

  /** The price of one part: of the line with the longest beginning, of this provider before any. */
  priceOf(providerType: string, { channelType }: Pick<Account, 'channelType'>, to: string): Money | undefined {
    return this.prices.find(
      (price) =>
        price.channelType === channelType &&
        (price.providerType ?? providerType) === providerType &&
        to.startsWith(price.prefix),
    )?.cost;
  }
}

function byCloseness(a: Price, b: Price): number {
  return (
    b.prefix.length - a.prefix.length || Number(b.providerType !== undefined) - Number(a.providerType !== undefined)
  );
}

function readPrices(file: string): Price[] {
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  return lines.flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const price = readPrice(line.split(',').map((cell) => cell.trim()));
    if (!price) throw new Error(`PRICE_TABLE_FILE: line ${index + 1} is not ${FORM}.`);
    return [price];
  });
}

const FORM = 'channelType,providerType or *,prefix or *,price,currency (SMS,twilio,+49,0.0750,EUR)';

function readPrice([channelType = '', providerType = '', prefix = '', amount = '', currency = '', ...more]: string[]):
  Price | undefined {
  const isPrice = /^\d{1,6}(\.\d{1,8})?$/.test(amount) && /^[A-Z]{3}$/.test(currency);
  if (!isPrice || more.length > 0 || !/^[A-Z]+$/.test(channelType) || !providerType || !prefix) return undefined;
  return {
    channelType,
    ...(providerType !== '*' && { providerType }),
    prefix: prefix === '*' ? '' : prefix,
    cost: { amount, currency },
  };
}
