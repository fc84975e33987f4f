import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Config } from '../../config';
import type { Account, Content, Money } from '../../providers/provider';

/** One line of the operator's table. */
interface Price {
  channelType: string;
  /** Any provider's when null. */
  providerType: string | null;
  /** How the address begins ("+49"); every address when empty. */
  prefix: string;
  /** Of one part of an SMS, or of one message. */
  cost: Money;
  /** Holds from this moment on, until a line for the same takes its place; in milliseconds. */
  from: number;
  /** What WhatsApp calls the conversation; any when null. */
  category: string | null;
}

/**
 * What messages cost by the operator's own table, for providers that do not say it when they take a message. Such a cost is
 * an estimate until the provider names its own.
 */
@Injectable()
export class PriceTable {
  /**
   * The closest first: the longest beginning; of equal ones a provider's own before any provider's, then one for the category
   * before one for all, then the newest.
   */
  private readonly prices: readonly Price[];

  /** Throws an Error that names the line which cannot be used. */
  constructor(config: Config) {
    this.prices = config.PRICE_TABLE_FILE ? readPrices(config.PRICE_TABLE_FILE).sort(byCloseness) : [];
  }

  /** The price of one part, by the closest of the lines that hold now. */
  priceOf(
    providerType: string,
    { channelType }: Pick<Account, 'channelType'>,
    to: string,
    category?: string,
  ): Money | undefined {
    const now = Date.now();
    return this.prices.find(
      (price) =>
        price.channelType === channelType &&
        price.from <= now &&
        (price.providerType ?? providerType) === providerType &&
        (price.category === null || price.category === category) &&
        to.startsWith(price.prefix),
    )?.cost;
  }
}

/** What WhatsApp charges a message as: the category of its template, or an answer in a conversation that the person began. */
export function priceCategory(
  { channelType }: Pick<Account, 'channelType'>,
  { template }: Pick<Content, 'template'>,
): string | undefined {
  if (channelType !== 'WHATSAPP') return undefined;
  return template ? template.category : 'SERVICE';
}

function byCloseness(a: Price, b: Price): number {
  return (
    b.prefix.length - a.prefix.length ||
    Number(b.providerType !== null) - Number(a.providerType !== null) ||
    Number(b.category !== null) - Number(a.category !== null) ||
    b.from - a.from
  );
}

function readPrices(file: string): Price[] {
  const lines = readFileSync(file, 'utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/);
  return lines.flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const cells = line.split(',').map((cell) => cell.trim());
    const fault = faultOf(cells);
    if (fault) throw new Error(`PRICE_TABLE_FILE: line ${index + 1}: ${fault}. A line is ${FORM}.`);
    return [readPrice(cells)];
  });
}

const FORM =
  'channelType,providerType or *,prefix or *,price,currency[,valid from[,WhatsApp category]]: SMS,twilio,+49,0.0750,EUR,2026-01-31';

const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION', 'SERVICE'];

/** The cells of a line, in their order; those after the first five may be left out, empty or *. */
const CELLS: readonly { name: string; fits: (cell: string) => boolean; words: string }[] = [
  { name: 'channelType', fits: (cell) => /^[A-Z]+$/.test(cell), words: 'a channel type in capitals' },
  { name: 'providerType', fits: (cell) => cell !== '', words: 'a provider or *' },
  { name: 'prefix', fits: (cell) => cell !== '', words: 'the beginning of an address or *' },
  { name: 'price', fits: (cell) => /^\d{1,6}(\.\d{1,8})?$/.test(cell), words: 'a decimal number such as 0.0750' },
  { name: 'currency', fits: (cell) => /^[A-Z]{3}$/.test(cell), words: 'three capitals such as EUR' },
  { name: 'valid from', fits: (cell) => isAny(cell) || isDay(cell), words: 'a day such as 2026-01-31' },
  {
    name: 'category',
    fits: (cell) => isAny(cell) || CATEGORIES.includes(cell),
    words: `one of ${CATEGORIES.join(', ')}`,
  },
];
const NEEDED = 5;

function faultOf(cells: readonly string[]): string | undefined {
  if (cells.length > CELLS.length) return `${cells.length} cells are too many`;
  for (const [index, { name, fits, words }] of CELLS.entries()) {
    const cell = cells[index] ?? (index < NEEDED ? '' : '*');
    if (!fits(cell)) return `${name} must be ${words}`;
  }
  const [channelType, category] = [cells[0], cells[6] ?? ''];
  return channelType === 'WHATSAPP' || isAny(category) ? undefined : 'only WHATSAPP has categories';
}

function readPrice(cells: readonly string[]): Price {
  const [channelType = '', providerType = '', prefix = '', amount = '', currency = '', from = '', category = ''] =
    cells;
  return {
    channelType,
    providerType: isAny(providerType) ? null : providerType,
    prefix: isAny(prefix) ? '' : prefix,
    cost: { amount, currency },
    from: isAny(from) ? 0 : Date.parse(`${from}T00:00:00Z`),
    category: isAny(category) ? null : category,
  };
}

function isAny(cell: string): boolean {
  return cell === '' || cell === '*';
}

/** A day that the calendar has; it begins at midnight in UTC. */
function isDay(cell: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(cell)) return false;
  const at = new Date(`${cell}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(cell);
}
