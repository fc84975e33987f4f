import { ValidateBy } from 'class-validator';
import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';

/** Whether a topic may use each channel type; what is not named may. */
export type TopicChoices = Partial<Record<ChannelType, boolean>>;

/** A change of it: null takes a choice, or the whole topic, away. */
export type TopicChange = Partial<Record<ChannelType, boolean | null>> | null;

const TOPIC = /^[a-z][a-z0-9_]{0,59}$/;
const MOST_IN_A_REQUEST = 50;
const MESSAGE = `must be at most ${MOST_IN_A_REQUEST} topics (lower-case letters, digits and _), each with true, false or null for ${CHANNEL_TYPES.join(', ')}`;

/** An object of topics, each with an object of channel types. */
export function IsTopicChoices(): PropertyDecorator {
  return ValidateBy({ name: 'topicChoices', validator: { validate: isTopicChoices, defaultMessage: () => MESSAGE } });
}

const CHOICES = `must be null, or true, false or null for ${CHANNEL_TYPES.join(', ')}`;

/** Channel types with true, false or null each. */
export function IsChannelChoices(): PropertyDecorator {
  return ValidateBy({ name: 'channelChoices', validator: { validate: isChange, defaultMessage: () => CHOICES } });
}

/** The choices after a change; a topic without any choice left disappears. */
export function mergeTopics(
  before: Readonly<Record<string, TopicChoices>>,
  change: Readonly<Record<string, TopicChange>>,
): Record<string, TopicChoices> {
  const after: Record<string, TopicChoices> = { ...before };
  for (const [topic, choices] of Object.entries(change)) {
    const merged = choices === null ? {} : withoutNulls({ ...after[topic], ...choices });
    if (Object.keys(merged).length) after[topic] = merged;
    else delete after[topic];
  }
  return after;
}

function withoutNulls(choices: Exclude<TopicChange, null>): TopicChoices {
  return Object.fromEntries(Object.entries(choices).filter(([, allowed]) => allowed !== null));
}

function isTopicChoices(value: unknown): boolean {
  if (!isObject(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MOST_IN_A_REQUEST && entries.every(([topic, change]) => TOPIC.test(topic) && isChange(change))
  );
}

function isChange(value: unknown): boolean {
  if (value === null) return true;
  return isObject(value) && Object.entries(value).every(([type, allowed]) => isChannelType(type) && isChoice(allowed));
}

function isChannelType(value: string): boolean {
  return CHANNEL_TYPES.some((type) => type === value);
}

function isChoice(value: unknown): boolean {
  return typeof value === 'boolean' || value === null;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
