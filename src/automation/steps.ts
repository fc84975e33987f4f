import type { ContentDto } from '../messages/accept/message.dto';
import type { Lane } from '../messages/dispatch/retry-policy';
import type { ChannelType } from '../providers/provider';
import type { Condition } from './evaluate';

/** One step of a rule, as it is stored: without faults (rule-steps.ts), and without nulls. */
export type Step =
  | SendStep
  | WaitStep
  | WaitForEventStep
  | BranchStep
  | UpdateContactStep
  | AddToSegmentStep
  | WebhookStep
  | TellEventStep
  | { type: 'stop' };

export interface SendStep {
  type: 'send';
  channelId?: string;
  channelType?: ChannelType;
  templateId?: string;
  content?: ContentDto;
  to?: string;
  purpose?: 'TRANSACTIONAL' | 'MARKETING';
  topic?: string;
  lane?: Lane;
  variables?: Record<string, unknown>;
}

export interface WaitStep {
  type: 'wait';
  seconds?: number;
  /** A time of day by the contact's clock. */
  until?: string;
}

export interface WaitForEventStep {
  type: 'wait_for_event';
  event: string;
  /** How long at most. */
  seconds: number;
  /** When it came in time. */
  steps?: Step[];
  /** When it did not. */
  otherwise?: Step[];
}

export interface BranchStep {
  type: 'branch';
  conditions: Condition;
  steps?: Step[];
  otherwise?: Step[];
}

export interface UpdateContactStep {
  type: 'update_contact';
  language?: string;
  attributes?: Record<string, unknown>;
}

export interface AddToSegmentStep {
  type: 'add_to_segment';
  segmentId: string;
}

export interface WebhookStep {
  type: 'webhook';
  url: string;
}

export interface TellEventStep {
  type: 'tell_event';
  event: string;
  payload?: Record<string, unknown>;
}

export type StepType = Step['type'];

/** The two lists that a step can have. */
export type Way = 'steps' | 'otherwise';

/** Where a step stands: `0`, or `2/otherwise/1` for the second one below the third. */
export type StepPath = string;

export const FIRST_STEP: StepPath = '0';

/** The list of steps that a step has on this way; empty where it has none. */
export function below(step: Step, way: Way): readonly Step[] {
  return (way in step && (step as Partial<Record<Way, Step[]>>)[way]) || [];
}

/** Throws an Error for a place where no step stands. */
export function stepAt(steps: readonly Step[], path: StepPath): Step {
  const [index, way, ...rest] = path.split('/');
  const step = steps[Number(index)];
  if (!step) throw new Error(`There is no step ${path}`);
  return way === undefined ? step : stepAt(below(step, way as Way), rest.join('/'));
}

/** The step behind this one: its neighbour, or the one behind the step that it stands below. Null at the end. */
export function behind(steps: readonly Step[], path: StepPath): StepPath | null {
  const parts = path.split('/');
  const next = [...parts.slice(0, -1), Number(parts.at(-1)) + 1];
  if (Number(next.at(-1)) < siblings(steps, parts).length) return next.join('/');
  return parts.length > 1 ? behind(steps, parts.slice(0, -2).join('/')) : null;
}

/** The first step below on this way, or, where there is none, the one behind. */
export function into(steps: readonly Step[], path: StepPath, way: Way): StepPath | null {
  return below(stepAt(steps, path), way).length ? `${path}/${way}/0` : behind(steps, path);
}

function siblings(steps: readonly Step[], parts: readonly string[]): readonly Step[] {
  if (parts.length === 1) return steps;
  return below(stepAt(steps, parts.slice(0, -2).join('/')), parts.at(-2) as Way);
}

/** Every step, also those below others, in the order in which they are written. */
export function* eachStep(steps: readonly Step[], prefix = ''): Generator<[path: StepPath, step: Step]> {
  for (const [index, step] of steps.entries()) {
    yield [`${prefix}${index}`, step];
    for (const way of ['steps', 'otherwise'] as const) yield* eachStep(below(step, way), `${prefix}${index}/${way}/`);
  }
}
