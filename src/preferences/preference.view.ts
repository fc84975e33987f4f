import type { ContactRow } from '../contacts/contact.queries';
import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';
import type { Preferences } from './preference.queries';
import type { ChannelChoiceView, PreferencesResponse } from './preference-response.dto';
import type { SuppressionRow } from './suppression.queries';

/** What a contact wants as the API shows it, under what keeps messages away whatever was chosen. */
export function preferencesView(
  contact: Pick<ContactRow, 'language' | 'timezone'>,
  preferences: Preferences,
  suppressions: readonly SuppressionRow[],
): PreferencesResponse {
  return {
    doNotContact: preferences.doNotContact,
    reason: preferences.reason,
    preferredChannel: preferences.preferredChannel,
    language: contact.language,
    timezone: contact.timezone,
    quietHours: preferences.quietHours,
    channels: channelsView(preferences, suppressions),
    topics: preferences.topics,
    purposes: preferences.purposes,
  };
}

function channelsView({ channels }: Preferences, suppressions: readonly SuppressionRow[]) {
  const shown: Partial<Record<ChannelType, ChannelChoiceView>> = {};
  for (const channelType of CHANNEL_TYPES) {
    const suppression = suppressions.find((row) => row.channelType === channelType);
    const choice = channels[channelType];
    if (suppression) shown[channelType] = { allowed: false, source: suppression.source };
    else if (choice) shown[channelType] = { allowed: choice.allowed, source: choice.source ?? null };
  }
  return shown;
}
