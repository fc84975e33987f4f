import type { OwnEventType } from '../../events/event-types';
import type { ChannelType } from '../../providers/provider';

/** What sets a rule off, as it is stored. */
export type Trigger =
  | { type: 'event'; event: string }
  | { type: 'message_received'; match?: Matching; words?: string[]; channelTypes?: ChannelType[] }
  | { type: 'session'; event: SessionEvent; status?: string }
  | { type: 'contact_changed'; field: string; value?: unknown }
  | DateTrigger
  | ScheduleTrigger;

export interface DateTrigger {
  type: 'date';
  attribute: string;
  /** Before the date where it is negative. */
  days: number;
  /** Time of day by the contact's clock, such as 09:00. */
  at: string;
  /** Every year again, as birthdays are. */
  yearly?: boolean;
}

export interface ScheduleTrigger {
  type: 'schedule';
  recurrence: string;
  /** The first time, by the clock of `timezone`. */
  start: string;
  timezone: string;
  segmentId?: string;
  attribute?: string;
}

export const MATCHINGS = ['any', 'exact', 'starts_with', 'contains_word'] as const;
export type Matching = (typeof MATCHINGS)[number];

export const SESSION_EVENTS = ['session.opened', 'session.updated', 'session.closed'] as const satisfies OwnEventType[];
export type SessionEvent = (typeof SESSION_EVENTS)[number];

/** The type of the events that can set it off; null where a clock does. */
export function eventTypeOf(trigger: Trigger): string | null {
  if (trigger.type === 'event' || trigger.type === 'session') return trigger.event;
  if (trigger.type === 'message_received') return 'message.received';
  return trigger.type === 'contact_changed' ? 'contact.updated' : null;
}

/** What an event is looked at for. */
export interface Happened {
  type: string;
  data: Readonly<Record<string, unknown>>;
  /** What a person wrote, for message.received. */
  text: string | undefined;
  contact: Readonly<Record<string, unknown>> | undefined;
}

/** Whether the event sets the rule off, its conditions aside. */
export function matches(trigger: Trigger, happened: Happened): boolean {
  if (eventTypeOf(trigger) !== happened.type) return false;
  const { data, text = '' } = happened;
  if (trigger.type === 'message_received') {
    const { channelTypes, match = 'any', words = [] } = trigger;
    if (channelTypes && !channelTypes.some((type) => type === data['channelType'])) return false;
    return match === 'any' || words.some((word) => SAYS[match](folded(text), folded(word)));
  }
  if (trigger.type === 'session') return trigger.status === undefined || trigger.status === data['status'];
  if (trigger.type === 'contact_changed') return hasChanged(trigger, happened);
  return true;
}

const SAYS: Readonly<Record<Exclude<Matching, 'any'>, (text: string, word: string) => boolean>> = {
  exact: (text, word) => text === word,
  starts_with: (text, word) => text === word || text.startsWith(`${word} `),
  contains_word: (text, word) => ` ${text} `.includes(` ${word} `),
};

/** As people mean it: without accents, capitals, punctuation and further blanks. */
export function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function hasChanged({ field, value }: Extract<Trigger, { type: 'contact_changed' }>, happened: Happened): boolean {
  const { changed } = happened.data;
  if (!Array.isArray(changed) || !changed.includes(field)) return false;
  return value === undefined || (fieldOf(happened.contact, field) ?? null) === value;
}

function fieldOf(contact: Happened['contact'], field: string): unknown {
  const attributes = contact?.['attributes'] as Record<string, unknown> | undefined;
  if (!field.startsWith('attributes.')) return contact?.[field];
  const key = field.slice('attributes.'.length);
  return attributes && Object.hasOwn(attributes, key) ? attributes[key] : undefined;
}
