import type { CreateCampaignDto } from './campaign.dto';
import type { AutoPauseDto, BulkRateDto } from './campaign-pace.dto';
import { Problem } from '../platform/http/problem';
import { nextOccurrences } from '../platform/time/occurrences';
import { localTimeOf } from '../platform/time/wall-clock';
import { USUAL_AUTO_PAUSE, type AutoPause } from './run/auto-pause';
import type { DomainRate } from './run/pace';

/** A bulk send as it is stored, from the request that makes it. */
export function newCampaign(id: string, input: CreateCampaignDto, channelId: string) {
  return {
    id,
    name: input.name,
    channelId,
    ...wordsOf(input),
    ...paceOf(input),
    purpose: input.purpose ?? 'MARKETING',
    topic: input.topic ?? null,
    delivery: input.delivery ?? 'at_least_once',
    trackClicks: input.tracking?.clicks ?? null,
    trackOpens: input.tracking?.opens ?? null,
    ...timesOf(input),
    inRecipientTimezone: input.inRecipientTimezone ?? false,
    metadata: input.metadata ?? {},
  };
}

/**
 * Its first time: what is asked for, or the first that the rule has from there on. Throws Problem 422 for a rule that never
 * comes true.
 */
export function timesOf({ scheduledAt, timezone, recurrence }: Times) {
  const asked = { scheduledAt: scheduledAt ?? null, timezone: timezone ?? null, recurrence: recurrence ?? null };
  if (asked.recurrence === null || asked.scheduledAt === null) return { ...asked, firstLocalAt: null };
  const zone = asked.timezone ?? 'UTC';
  const start = new Date(Math.floor(Date.parse(asked.scheduledAt) / 1000) * 1000); // wall clocks know whole seconds
  const rule = { start: localTimeOf(start, zone), timezone: zone, recurrence: asked.recurrence };
  const [first] = nextOccurrences(rule, new Date(start.getTime() - 1), 1);
  if (!first) throw Problem.invalidField('/recurrence', 'never comes true');
  return { ...asked, scheduledAt: first.toISOString(), firstLocalAt: rule.start };
}

type Times = Pick<CreateCampaignDto, 'scheduledAt' | 'timezone' | 'recurrence'>;

function wordsOf({ templateId, content, variants = [] }: CreateCampaignDto) {
  return {
    templateId: templateId ?? null,
    content: content ?? null,
    variants: variants.map((variant) => ({
      templateId: variant.templateId ?? null,
      content: variant.content ? { ...variant.content } : null,
      weight: variant.weight,
    })),
  };
}

function paceOf(input: CreateCampaignDto) {
  return {
    ratePerSecond: input.rate?.perSecond ?? null,
    domainRates: domainRatesOf(input.rate),
    rampUp: input.rampUp ?? null,
    abTest: input.abTest ?? null,
    autoPause: input.autoPause === null ? null : autoPauseOf(input.autoPause),
  };
}

/** Domains in lower case, as they stand in addresses. */
export function domainRatesOf(rate: BulkRateDto | null | undefined): DomainRate[] {
  return (rate?.domains ?? []).map(({ domain, perSecond }) => ({ domain: domain.toLowerCase(), perSecond }));
}

/** null for one of the limits: it is not looked at. */
export function autoPauseOf(given: AutoPauseDto | undefined): AutoPause {
  const { bouncePercent, complaintPercent, minimum } = { ...USUAL_AUTO_PAUSE, ...given };
  return { bouncePercent, complaintPercent, minimum };
}
