import { CHANNEL_TYPES } from '../providers/provider';
import type { Preferences } from '../preferences/preference.queries';
import type { TopicChoices } from '../preferences/topic-choices';

/**
 * What two contacts want that turn out to be one person: whatever either refused is refused. Where neither refuses, what the
 * first one says holds, and what it leaves open the second one says.
 */
export function strictest(first: Preferences, second: Preferences): Preferences {
  return {
    doNotContact: first.doNotContact || second.doNotContact,
    reason:
      first.doNotContact || !second.doNotContact ? (first.reason ?? second.reason) : (second.reason ?? first.reason),
    preferredChannel: first.preferredChannel ?? second.preferredChannel,
    quietHours: first.quietHours ?? second.quietHours,
    channels: strictestChannels(first.channels, second.channels),
    topics: strictestTopics(first.topics, second.topics),
    purposes: strictestTopics(first.purposes, second.purposes),
  };
}

function strictestChannels(first: Preferences['channels'], second: Preferences['channels']): Preferences['channels'] {
  const merged = { ...second, ...first };
  for (const channelType of CHANNEL_TYPES) {
    const choice = second[channelType];
    if (choice?.allowed === false && first[channelType]?.allowed !== false) merged[channelType] = choice;
  }
  return merged;
}

type Choices = Readonly<Record<string, TopicChoices>>;

function strictestTopics(first: Choices, second: Choices): Record<string, TopicChoices> {
  const merged: Record<string, TopicChoices> = { ...second };
  for (const [topic, choices] of Object.entries(first)) merged[topic] = strictestChoices(choices, second[topic] ?? {});
  return merged;
}

function strictestChoices(first: TopicChoices, second: TopicChoices): TopicChoices {
  const refused = CHANNEL_TYPES.filter((channelType) => second[channelType] === false);
  return { ...second, ...first, ...Object.fromEntries(refused.map((channelType) => [channelType, false])) };
}
