import type { ChannelType } from '../providers/provider';
import type { Purpose } from './reasons';
import type { TopicChoices } from './topic-choices';

export class QuietHoursView {
  /** Time of day, 21:00, in the contact's time zone. */
  start: string;
  /** Time of day; before `start` means: of the next day. */
  end: string;
}

export class ChannelChoiceView {
  allowed: boolean;
  /** Where the contact said so; STOP and the like where it was said to a provider. */
  source: string | null;
}

export class PreferencesResponse {
  /** true: no message at all. */
  doNotContact: boolean;
  reason: string | null;
  /** EMAIL, SMS, WHATSAPP or TELEGRAM. */
  preferredChannel: string | null;
  language: string | null;
  timezone: string | null;
  quietHours: QuietHoursView | null;
  /** What was chosen; a channel type whose address is suppressed for every purpose shows as not allowed. */
  channels: Partial<Record<ChannelType, ChannelChoiceView>>;
  /** Per purpose, what was chosen for each channel type. */
  purposes: Partial<Record<Purpose, TopicChoices>>;
  /** Per topic, what was chosen for each channel type. */
  topics: Record<string, TopicChoices>;
}
