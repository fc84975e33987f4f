import { Injectable } from '@nestjs/common';
import type { OpenChannel } from '../channels/channel-accounts';
import { countryOf } from '../contacts/phone-country';
import type { SendMessageDto } from '../messages/accept/message.dto';
import { readBudget, type BudgetState } from '../messages/budget/budget.queries';
import { PriceTable } from '../messages/dispatch/price-table';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { TemplatesService } from '../templates/templates.service';
import type { EstimatedBudget, EstimatedCount, EstimatedParts, EstimateResponse } from './estimate.dto';
import { sumPrices, type PriceGroup, type PriceSum } from './estimate.queries';
import { EstimateSampler, type SampledSend, type SampleFate } from './estimate-sample';
import type { Recipient } from './recipients';

/** What one recipient in so many gets to read. */
export interface EstimatedVersion {
  words: Pick<SendMessageDto, 'templateId' | 'content'>;
  weight: number;
}

/** A bulk send as far as its cost goes. */
export interface EstimatedSend extends SampledSend {
  versions: readonly EstimatedVersion[];
  recipients: readonly Recipient[];
  duplicates: number;
}

const MOST_SAMPLED = 200;
/** Numbers are looked up in the plans of all countries, in 20 microseconds each: others get a turn after so many. */
const AT_ONCE = 250;

/** Reckons what a bulk send would cost: each number for itself, the length of the message by a sample. Stores nothing. */
@Injectable()
export class CostEstimates {
  constructor(
    private readonly db: TenantDb,
    private readonly sampler: EstimateSampler,
    private readonly prices: PriceTable,
    private readonly templates: TemplatesService,
  ) {}

  async of(caller: Caller, send: EstimatedSend): Promise<EstimateResponse> {
    const addressed = send.recipients.filter(({ status }) => status === 'PENDING');
    const versionOf = versionPicker(send.versions);
    const sampled = sampleOf(addressed.length);
    const chosen = sampled.flatMap((index) => {
      const recipient = addressed[index];
      return recipient ? [{ ...recipient, words: versionOf(index).words }] : [];
    });
    const fates = await this.sampler.fates(caller, send, chosen);
    const fateOf = new Map(sampled.map((index, place) => [index, fates[place]]));
    const categories = await this.categoriesOf(caller, send);
    const priced = await this.price(send.open, addressed, (index) => ({
      category: categories.get(versionOf(index)),
      parts: fateOf.get(index)?.parts,
    }));
    const parts = fates.reduce((sum, fate) => sum + fate.parts, 0);
    const sample = { parts, size: fates.length };
    const { sums, budget } = await this.db.run(caller.tenantId, async (tx) => ({
      sums: await sumPrices(tx, [...priced.groups.values()], sample),
      budget: (await readBudget(tx)).budget,
    }));
    const cost = sums.filter(({ isTotal }) => isTotal).map(moneyOf);
    return {
      recipients: {
        total: send.recipients.length,
        duplicates: send.duplicates,
        excluded: counted(
          send.recipients.flatMap(({ reasonCode }) => (reasonCode ? [{ code: reasonCode, pointer: null }] : [])),
        ),
      },
      sample: {
        size: fates.length,
        suppressed: counted(fates.filter(({ outcome }) => outcome === 'SUPPRESSED')),
        refused: counted(fates.filter(({ outcome }) => outcome === 'REFUSED')),
      },
      parts: send.open.account.channelType === 'SMS' ? partsOf(fates, addressed.length) : null,
      categories: tally(addressed.flatMap((_, index) => categories.get(versionOf(index)) ?? [])).map(
        ([category, recipients]) => ({ category, recipients }),
      ),
      cost,
      countries: countriesOf(priced.countries, sums),
      unpriced: priced.unpriced,
      budget: budget && budgetOf(budget, cost, priced.unpriced),
    };
  }

  /** What WhatsApp calls each version; nothing on other channel types, and for a template that is not known to it. */
  private async categoriesOf({ tenantId }: Caller, { open, versions }: EstimatedSend) {
    const categories = new Map<EstimatedVersion, string>();
    if (open.account.channelType !== 'WHATSAPP') return categories;
    for (const version of versions) {
      const { templateId } = version.words;
      const template = templateId && (await this.templates.resolve(tenantId, { templateId })).template;
      categories.set(version, template && template.providerTemplateName !== null ? template.category : 'SERVICE');
    }
    return categories;
  }

  private async price(
    { provider, account }: OpenChannel,
    recipients: readonly Recipient[],
    factsOf: (index: number) => { category: string | undefined; parts: number | undefined },
  ) {
    const groups = new Map<string, PriceGroup>();
    const countries = new Map<string | null, number>();
    let unpriced = 0;
    for (const [index, { key }] of recipients.entries()) {
      if (index % AT_ONCE === AT_ONCE - 1) await new Promise(setImmediate);
      const { category, parts } = factsOf(index);
      const country = countryOf(key) ?? null;
      countries.set(country, (countries.get(country) ?? 0) + 1);
      const price = this.prices.priceOf(provider.type, account, key, category);
      if (!price) {
        unpriced++;
        continue;
      }
      const id = `${country} ${price.amount} ${price.currency}`;
      const group = groups.get(id) ?? { country, ...price, parts: 0, others: 0 };
      groups.set(id, group);
      if (parts === undefined) group.others++;
      else group.parts += parts;
    }
    return { groups, countries, unpriced };
  }
}

/** Places of the sample, spread evenly over all. */
function sampleOf(count: number): number[] {
  const size = Math.min(count, MOST_SAMPLED);
  return Array.from({ length: size }, (_, place) => Math.floor((place * count) / size));
}

/** Steps of the golden ratio are spread evenly, and so is every second or tenth of them: a sample gets each version as well. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/** Gives the versions out, each as often as its weight says. */
function versionPicker(versions: readonly EstimatedVersion[]): (index: number) => EstimatedVersion {
  const total = versions.reduce((sum, { weight }) => sum + weight, 0);
  return (index) => {
    let place = ((index * GOLDEN) % 1) * total;
    const found = versions.find(({ weight }) => (place -= weight) < 0);
    if (!found) throw new Error('A bulk send says something');
    return found;
  };
}

function counted(reasons: readonly { code: string; pointer: string | null }[]): EstimatedCount[] {
  const byReason = Map.groupBy(reasons, ({ code, pointer }) => `${code} ${pointer}`);
  return [...byReason.values()]
    .flatMap((alike) => alike.slice(0, 1).map(({ code, pointer }) => ({ code, pointer, count: alike.length })))
    .toSorted((a, b) => b.count - a.count);
}

function tally(words: readonly string[]): [word: string, count: number][] {
  return [...Map.groupBy(words, (word) => word)].map(([word, alike]) => [word, alike.length]);
}

function partsOf(fates: readonly SampleFate[], recipients: number): EstimatedParts {
  const going = fates.filter(({ outcome }) => outcome === 'GOES');
  const parts = going.map((fate) => fate.parts);
  const sum = parts.reduce((all, each) => all + each, 0);
  return {
    min: Math.min(...parts, parts[0] ?? 0),
    avg: going.length ? Math.round((sum / going.length) * 100) / 100 : 0,
    max: Math.max(0, ...parts),
    total: fates.length ? Math.round((sum / fates.length) * recipients) : 0,
    gsm7: going.filter(({ encoding }) => encoding === 'GSM-7').length,
    ucs2: going.filter(({ encoding }) => encoding === 'UCS-2').length,
  };
}

function countriesOf(countries: ReadonlyMap<string | null, number>, sums: readonly PriceSum[]) {
  if ([...countries.keys()].every((country) => country === null)) return [];
  return [...countries]
    .map(([country, recipients]) => ({
      country,
      recipients,
      cost: sums.filter((sum) => !sum.isTotal && sum.country === country).map(moneyOf),
    }))
    .toSorted((a, b) => b.recipients - a.recipients);
}

function moneyOf({ amount, currency }: PriceSum) {
  return { amount, currency };
}

type Budget = NonNullable<BudgetState['budget']>;

function budgetOf(budget: Budget, cost: EstimateResponse['cost'], unpriced: number): EstimatedBudget {
  const { remaining, currency, hold, exemptLanes } = budget;
  const needed = cost.find((money) => money.currency === currency)?.amount ?? '0';
  const isEnough = isAtMost(needed, remaining);
  return {
    remaining: { amount: remaining, currency },
    suffices: isEnough && unpriced > 0 ? null : isEnough,
    holds: hold && !exemptLanes.includes('bulk'),
  };
}

/** Of two decimals without a sign; what a float could not tell apart, this does. */
function isAtMost(a: string, b: string): boolean {
  return scaled(a) <= scaled(b);
}

const PLACES = 12;

function scaled(amount: string): bigint {
  const [whole = '0', fraction = ''] = amount.split('.');
  return BigInt(whole + fraction.slice(0, PLACES).padEnd(PLACES, '0'));
}
