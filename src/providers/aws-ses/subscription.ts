import { isJsonObject, textOf, type JsonObject } from '../json';
import type { ConsentEvent } from '../provider';

/** What somebody chose at SES's own unsubscribe page or header. */
interface Preferences {
  unsubscribeAll: boolean;
  optedOut: ReadonlySet<string>;
}

/**
 * What a Subscription event means for the address. Consent here knows no topics of SES: whoever leaves one of them has
 * asked for less, so nothing more is sent until he comes back to all.
 */
export function subscriptionAction(subscription: JsonObject): ConsentEvent['action'] | undefined {
  const [before, after] = [
    preferencesOf(subscription['oldTopicPreferences']),
    preferencesOf(subscription['newTopicPreferences']),
  ];
  if (after.unsubscribeAll) return 'OPTED_OUT';
  if ([...after.optedOut].some((topic) => !before.optedOut.has(topic))) return 'OPTED_OUT';
  const cameBack = before.unsubscribeAll || before.optedOut.size > 0;
  return cameBack && after.optedOut.size === 0 ? 'OPTED_IN' : undefined;
}

function preferencesOf(value: unknown): Preferences {
  const preferences = isJsonObject(value) ? value : {};
  const topics = preferences['topicSubscriptionStatus'];
  const optedOut = (Array.isArray(topics) ? topics : [])
    .filter(isJsonObject)
    .filter((topic) => textOf(topic, 'subscriptionStatus') === 'OptOut')
    .map((topic) => textOf(topic, 'topicName') ?? '');
  return { unsubscribeAll: preferences['unsubscribeAll'] === true, optedOut: new Set(optedOut) };
}
