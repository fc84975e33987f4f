import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';
import type { ChannelChoicesDto, UpdatePreferencesDto } from './preference.dto';
import type { ChannelChoice, Preferences } from './preference.queries';
import type { SuppressionPurpose } from './reasons';
import { mergeTopics } from './topic-choices';

/** What a contact wants after a change: what the change leaves out stays, null takes away. */
export function mergePreferences(before: Preferences, change: UpdatePreferencesDto): Preferences {
  const {
    doNotContact = before.doNotContact,
    reason = before.reason,
    preferredChannel = before.preferredChannel,
  } = change;
  const quietHours = change.quietHours === undefined ? before.quietHours : change.quietHours;
  return {
    doNotContact,
    reason,
    preferredChannel,
    quietHours: quietHours && { start: quietHours.start, end: quietHours.end },
    channels: mergeChannels(before.channels, change.channels ?? {}),
    topics: mergeTopics(before.topics, change.topics ?? {}),
    purposes: mergeTopics(before.purposes, { ...change.purposes }),
  };
}

/** A yes or no that a contact gave for a channel type, by what changed between two states. */
export interface ChangedMind {
  channelType: ChannelType;
  allowed: boolean;
  /** ALL for the channel type as a whole, MARKETING for what advertises. */
  purpose: SuppressionPurpose;
  /** Where it was said; undefined when nothing is known of it. */
  source: string | undefined;
}

/** For each channel type, whether messages became allowed or forbidden: altogether, or those that advertise. */
export function changedMinds(before: Preferences, after: Preferences): ChangedMind[] {
  return CHANNEL_TYPES.flatMap((channelType) => [
    ...changed(before, after, { channelType, purpose: 'ALL', isAllowed }),
    ...changed(before, after, { channelType, purpose: 'MARKETING', isAllowed: mayAdvertise }),
  ]);
}

function changed(
  before: Preferences,
  after: Preferences,
  of: Pick<ChangedMind, 'channelType' | 'purpose'> & { isAllowed: typeof isAllowed },
): ChangedMind[] {
  const { channelType, purpose } = of;
  const allowed = of.isAllowed(after, channelType);
  if (allowed === of.isAllowed(before, channelType)) return [];
  return [{ channelType, purpose, allowed, source: after.channels[channelType]?.source }];
}

function mayAdvertise({ purposes }: Preferences, channelType: ChannelType): boolean {
  return purposes.MARKETING?.[channelType] !== false;
}

function isAllowed({ doNotContact, channels }: Preferences, channelType: ChannelType): boolean {
  return !doNotContact && channels[channelType]?.allowed !== false;
}

function mergeChannels(before: Preferences['channels'], change: ChannelChoicesDto): Preferences['channels'] {
  const after = { ...before };
  for (const channelType of CHANNEL_TYPES) {
    const choice = change[channelType];
    if (choice === null) delete after[channelType];
    else if (choice) after[channelType] = choiceOf(choice);
  }
  return after;
}

function choiceOf({ allowed, source }: { allowed: boolean; source?: string | null }): ChannelChoice {
  return source == null ? { allowed } : { allowed, source };
}
