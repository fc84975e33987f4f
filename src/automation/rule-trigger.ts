import type { FieldError } from '../platform/http/problem';
import { isLocalTime } from '../platform/http/time-fields';
import { isStorable } from '../platform/http/text';
import { recurrenceFault } from '../platform/time/recurrence-rule';
import { SESSION_EVENTS, type Trigger } from './trigger/match';
import type { RuleTriggerDto } from './trigger.dto';

type Field = Exclude<keyof RuleTriggerDto, 'type'>;
type Kind = Trigger['type'];

/** Which fields a trigger of each type needs besides `type`, and which it may have. */
const FIELDS: Readonly<Record<Kind, { needs: readonly Field[]; takes: readonly Field[] }>> = {
  event: { needs: ['event'], takes: [] },
  message_received: { needs: [], takes: ['match', 'words', 'channelTypes'] },
  session: { needs: ['event'], takes: ['status'] },
  contact_changed: { needs: ['field'], takes: ['value'] },
  date: { needs: ['attribute', 'at'], takes: ['days', 'yearly'] },
  schedule: { needs: ['recurrence', 'start', 'timezone'], takes: ['segmentId', 'attribute'] },
};

const CONTACT_FIELDS = ['language', 'timezone', 'name', 'externalId', 'addresses'];
const ATTRIBUTE = 'attributes.';

/** Everything that is wrong with a trigger, by JSON pointer; whether its segment is there is asked of the database. */
export function triggerFaults(trigger: RuleTriggerDto, pointer: string): FieldError[] {
  const type = trigger.type ?? 'event';
  const { needs, takes } = FIELDS[type];
  const given = Object.entries(trigger).filter(([name, value]) => name !== 'type' && isGiven(name, value));
  const foreign = given.filter(([name]) => ![...needs, ...takes].includes(name as Field));
  const missing = needs.filter((name) => trigger[name] == null);
  const at = (name: string, message: string): FieldError => ({ pointer: `${pointer}/${name}`, message });
  const faults = [
    ...foreign.map(([name]) => at(name, `does not go with type ${type}`)),
    ...missing.map((name) => at(name, `is needed with type ${type}`)),
  ];
  return faults.length ? faults : CHECKS[type](trigger).map(([name, message]) => at(name, message));
}

function isGiven(name: string, value: unknown): boolean {
  // Null is a value here: that there is none now.
  return name === 'value' ? value !== undefined : value != null;
}

type Fault = readonly [name: Field, message: string];

const CHECKS: Readonly<Record<Kind, (trigger: RuleTriggerDto) => Fault[]>> = {
  event: () => [],
  message_received: ({ match, words }) =>
    (match ?? 'any') === 'any'
      ? words
        ? [['words', 'go only with match exact, starts_with or contains_word']]
        : []
      : words
        ? []
        : [['words', `are needed with match ${match}`]],
  session: ({ event }) =>
    SESSION_EVENTS.some((name) => name === event) ? [] : [['event', `must be one of ${SESSION_EVENTS.join(', ')}`]],
  contact_changed: ({ field, value }) => [...fieldFaults(field ?? ''), ...valueFaults(value)],
  date: () => [],
  schedule: ({ recurrence, start, segmentId, attribute }) => [
    ...(isLocalTime(start)
      ? []
      : [['start', 'must be a date and time without offset, such as 2026-12-01T09:00'] as const]),
    ...ruleFaults(recurrence ?? ''),
    ...((segmentId == null) === (attribute == null)
      ? [['segmentId', 'either segmentId or attribute is needed, and not both'] as const]
      : []),
  ],
};

function fieldFaults(field: string): Fault[] {
  const key = field.startsWith(ATTRIBUTE) ? field.slice(ATTRIBUTE.length) : undefined;
  const fits = key === undefined ? CONTACT_FIELDS.includes(field) : key !== '' && key.length <= 40;
  return fits ? [] : [['field', `must be one of ${CONTACT_FIELDS.join(', ')}, or attributes.<key>`]];
}

function valueFaults(value: unknown): Fault[] {
  const fits =
    value == null ||
    typeof value === 'boolean' ||
    (typeof value === 'number' && Number.isFinite(value)) ||
    (typeof value === 'string' && value.length <= 500 && isStorable(value));
  return fits ? [] : [['value', 'must be text of at most 500 characters, a number, true, false or null']];
}

function ruleFaults(recurrence: string): Fault[] {
  const fault = recurrenceFault(recurrence);
  return fault === undefined ? [] : [['recurrence', fault]];
}

/** A trigger without faults as it is stored. */
export function storedTrigger({ type, value, start, ...trigger }: RuleTriggerDto): Trigger {
  const rest = Object.fromEntries(Object.entries(trigger).filter(([, given]) => given != null));
  return {
    type: type ?? 'event',
    ...rest,
    ...(value !== undefined && { value }),
    ...(start != null && { start: start.length === 16 ? `${start}:00` : start }),
    ...(type === 'date' && { days: trigger.days ?? 0 }),
  } as Trigger;
}
