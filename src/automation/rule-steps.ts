import { normaliseAddress } from '../contacts/address';
import type { FieldError } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';
import type { RuleStepDto } from './rule.dto';

/** Which fields a step of each type has besides `type`. */
const FIELDS: Readonly<Record<RuleStepDto['type'], readonly (keyof RuleStepDto)[]>> = {
  send: ['channelId', 'channelType', 'templateId', 'content', 'to'],
  wait: ['seconds'],
};

/** What the fields of a step must be together, by JSON pointer; an empty list means that they agree. */
export function stepFaults(step: RuleStepDto, pointer: string): FieldError[] {
  const foreign = Object.entries(step).filter(
    ([name, value]) => name !== 'type' && value != null && !FIELDS[step.type].includes(name as keyof RuleStepDto),
  );
  return [
    ...foreign.map(([name]) => ({ pointer: `${pointer}/${name}`, message: `does not go with type ${step.type}` })),
    ...(step.type === 'send' ? sendFaults(step, pointer) : waitFaults(step, pointer)),
  ];
}

/** The address that a step names, checked for the channel type that it sends on. */
export function addressFaults({ to }: RuleStepDto, channelType: ChannelType, pointer: string): FieldError[] {
  if (to == null) return [];
  const normalised = normaliseAddress(channelType, to);
  return 'fault' in normalised ? [{ pointer: `${pointer}/to`, message: normalised.fault }] : [];
}

function sendFaults({ channelId, channelType, templateId, content }: RuleStepDto, pointer: string): FieldError[] {
  const faults: FieldError[] = [];
  if ((channelId == null) === (channelType == null))
    faults.push({
      pointer: `${pointer}/channelId`,
      message: 'either channelId or channelType is needed, and not both',
    });
  if ((templateId == null) === (content == null))
    faults.push({ pointer: `${pointer}/templateId`, message: 'either templateId or content is needed, and not both' });
  else if (content && [content.text, content.html, content.media, content.location].every((part) => part == null))
    faults.push({ pointer: `${pointer}/content/text`, message: 'is needed, or html, media or location' });
  return faults;
}

function waitFaults({ seconds }: RuleStepDto, pointer: string): FieldError[] {
  return seconds == null ? [{ pointer: `${pointer}/seconds`, message: 'is needed with type wait' }] : [];
}
