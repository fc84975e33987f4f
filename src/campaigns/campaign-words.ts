import type { CreateCampaignDto } from './campaign.dto';
import type { AutoPauseDto, BulkRateDto } from './campaign-pace.dto';
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
    scheduledAt: input.scheduledAt ?? null,
    timezone: input.timezone ?? null,
    recurrence: input.recurrence ?? null,
    metadata: input.metadata ?? {},
  };
}

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
