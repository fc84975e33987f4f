import { Problem, type FieldError } from '../platform/http/problem';
import type { CreateCampaignDto, VariantDto } from './campaign.dto';
import { recurrenceFault } from '../platform/time/recurrence-rule';

type Words = Pick<VariantDto, 'templateId' | 'content'>;

/** What the fields of a bulk send must be together, which no single field can tell. Throws Problem 422 naming each fault. */
export function checkShape(input: CreateCampaignDto): void {
  const faults = [
    ...channelFaults(input),
    ...wordFaults(input),
    ...recipientFaults(input),
    ...testFaults(input),
    ...scheduleFaults(input),
  ];
  if (faults.length) throw Problem.invalidFields(faults.slice(0, MOST_FAULTS));
}

const MOST_FAULTS = 100;

function channelFaults({ channelId, channelType }: CreateCampaignDto): FieldError[] {
  if ((channelId == null) !== (channelType == null)) return [];
  return [{ pointer: '/channelId', message: 'either channelId or channelType is needed, and not both' }];
}

function wordFaults({ templateId, content, variants }: CreateCampaignDto): FieldError[] {
  const given = [templateId, content, variants].filter((field) => field != null).length;
  if (given !== 1)
    return [{ pointer: '/templateId', message: 'one of templateId, content and variants is needed, and only one' }];
  if (content != null) return contentFaults({ content }, '');
  return (variants ?? []).flatMap((variant, index) => variantFaults(variant, `/variants/${index}`));
}

function variantFaults(variant: Words, parent: string): FieldError[] {
  if ((variant.templateId == null) === (variant.content == null))
    return [{ pointer: `${parent}/templateId`, message: 'either templateId or content is needed, and not both' }];
  return contentFaults(variant, parent);
}

function contentFaults({ content }: Words, parent: string): FieldError[] {
  if (content == null || [content.text, content.html, content.media, content.location].some((part) => part != null))
    return [];
  return [{ pointer: `${parent}/content/text`, message: 'is needed, or html, media or location' }];
}

function recipientFaults({ recipients }: CreateCampaignDto): FieldError[] {
  return (recipients ?? []).flatMap(({ to, contactId }, index) =>
    (to == null) === (contactId == null)
      ? [{ pointer: `/recipients/${index}/to`, message: 'either to or contactId is needed, and not both' }]
      : [],
  );
}

function testFaults({ abTest, variants }: CreateCampaignDto): FieldError[] {
  return abTest != null && !variants ? [{ pointer: '/variants', message: 'are needed for a test' }] : [];
}

function scheduleFaults({ recurrence, scheduledAt }: CreateCampaignDto): FieldError[] {
  if (recurrence == null) return [];
  const fault = recurrenceFault(recurrence);
  if (fault) return [{ pointer: '/recurrence', message: fault }];
  return scheduledAt == null ? [{ pointer: '/scheduledAt', message: 'is needed with recurrence' }] : [];
}
