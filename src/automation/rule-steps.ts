import { normaliseAddress } from '../contacts/address';
import { isTenantsOwn } from '../events/event-types';
import type { FieldError } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';
import { conditionFaults } from './conditions';
import type { RuleStepDto } from './step.dto';
import type { SendStep, Step, StepType } from './steps';

type Field = Exclude<keyof RuleStepDto, 'type'>;

/** Which fields a step of each type needs besides `type`, and which it may have. */
const FIELDS: Readonly<Record<StepType, { needs: readonly Field[]; takes: readonly Field[] }>> = {
  send: {
    needs: [],
    takes: ['channelId', 'channelType', 'templateId', 'content', 'to', 'purpose', 'topic', 'lane', 'variables'],
  },
  wait: { needs: [], takes: ['seconds', 'until'] },
  wait_for_event: { needs: ['event', 'seconds'], takes: ['steps', 'otherwise'] },
  branch: { needs: ['conditions'], takes: ['steps', 'otherwise'] },
  update_contact: { needs: [], takes: ['language', 'attributes'] },
  add_to_segment: { needs: ['segmentId'], takes: [] },
  webhook: { needs: ['url'], takes: [] },
  tell_event: { needs: ['event'], takes: ['payload'] },
  stop: { needs: [], takes: [] },
};

/** A step below another one stands one deeper. */
const MAX_DEPTH = 4;
const MOST_STEPS = 60;

/** Everything that is wrong with the steps of a rule, by JSON pointer; an empty list means that they agree. */
export function stepsFaults(steps: readonly RuleStepDto[], pointer: string): FieldError[] {
  if (count(steps) > MOST_STEPS) return [{ pointer, message: `must be at most ${MOST_STEPS} with those below them` }];
  return visit(steps, pointer, 1);
}

function count(steps: readonly RuleStepDto[]): number {
  return steps.reduce(
    (sum, { steps: then = [], otherwise = [] }) => sum + 1 + count(then ?? []) + count(otherwise ?? []),
    0,
  );
}

function visit(steps: readonly RuleStepDto[], pointer: string, depth: number): FieldError[] {
  if (depth > MAX_DEPTH && steps.length)
    return [{ pointer, message: `must not stand more than ${MAX_DEPTH - 1} deep below other steps` }];
  return steps.flatMap((step, index) => [
    ...stepFaults(step, `${pointer}/${index}`),
    ...visit(step.steps ?? [], `${pointer}/${index}/steps`, depth + 1),
    ...visit(step.otherwise ?? [], `${pointer}/${index}/otherwise`, depth + 1),
  ]);
}

function stepFaults(step: RuleStepDto, pointer: string): FieldError[] {
  const { needs, takes } = FIELDS[step.type];
  const foreign = Object.entries(step).filter(
    ([name, value]) => name !== 'type' && value != null && ![...needs, ...takes].includes(name as Field),
  );
  const missing = needs.filter((name) => step[name] == null);
  const at = (name: string, message: string): FieldError => ({ pointer: `${pointer}/${name}`, message });
  return [
    ...foreign.map(([name]) => at(name, `does not go with type ${step.type}`)),
    ...missing.map((name) => at(name, `is needed with type ${step.type}`)),
    ...(CHECKS[step.type]?.(step) ?? []).map(([name, message]) => at(name, message)),
    ...(step.conditions == null ? [] : conditionFaults(step.conditions, `${pointer}/conditions`)),
  ];
}

type Fault = readonly [place: string, message: string];

const CHECKS: Readonly<Partial<Record<StepType, (step: RuleStepDto) => Fault[]>>> = {
  send: sendFaults,
  wait: ({ seconds, until }) =>
    (seconds == null) === (until == null) ? [['seconds', 'either seconds or until is needed, and not both']] : [],
  update_contact: ({ language, attributes }) =>
    language == null && attributes == null ? [['attributes', 'is needed, or language']] : [],
  tell_event: ({ event }) =>
    event != null && !isTenantsOwn(event) ? [['event', 'must not begin as the events of Carillon itself do']] : [],
};

function sendFaults({ channelId, channelType, templateId, content, variables }: RuleStepDto): Fault[] {
  const faults: Fault[] = [];
  if ((channelId == null) === (channelType == null))
    faults.push(['channelId', 'either channelId or channelType is needed, and not both']);
  if ((templateId == null) === (content == null))
    faults.push(['templateId', 'either templateId or content is needed, and not both']);
  else if (content && [content.text, content.html, content.media, content.location].every((part) => part == null))
    faults.push(['content/text', 'is needed, or html, media or location']);
  if (variables != null && templateId == null) faults.push(['variables', 'go only with templateId']);
  return faults;
}

/** The address that a step names, checked for the channel type that it sends on. */
export function addressFaults({ to }: SendStep, channelType: ChannelType, pointer: string): FieldError[] {
  if (to == null) return [];
  const normalised = normaliseAddress(channelType, to);
  return 'fault' in normalised ? [{ pointer: `${pointer}/to`, message: normalised.fault }] : [];
}

/** Steps without faults as they are stored. */
export function storedSteps(steps: readonly RuleStepDto[]): Step[] {
  return steps.map((step) => {
    const given = Object.entries(step).filter(([, value]) => value != null);
    const below = Object.fromEntries(
      (['steps', 'otherwise'] as const).flatMap((way) => (step[way]?.length ? [[way, storedSteps(step[way])]] : [])),
    );
    const own = given.filter(([name]) => name !== 'steps' && name !== 'otherwise');
    return { ...Object.fromEntries(own), ...below } as Step;
  });
}
