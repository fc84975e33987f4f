import type { Preferences } from '../preference.queries';
import { SAID_BY_PERSON, type SuppressionPurpose, type SuppressionReason } from '../reasons';
import type { TopicRow } from '../topics/topic.queries';
import type { PageLink } from './page-token';

/** How much may come, as the person says it here. */
export const LEVELS = ['chosen', 'no_marketing', 'nothing'] as const;
export type Level = (typeof LEVELS)[number];

/** What the person cannot take back here; the texts say why. */
export type Lock = 'complained' | 'bounced' | 'stopped' | 'noMarketing';

export interface PageTopic {
  name: string;
  title: string;
  description: string | null;
  isCritical: boolean;
  isWanted: boolean;
}

/** What the database knows of the address in a link. */
export interface PageFacts {
  sender: string;
  contactId: string | null;
  language: string | null;
  preferences: Preferences;
  /** Those that the tenant declared. */
  topics: readonly TopicRow[];
  /** In force now. */
  suppressions: readonly { reason: SuppressionReason; purpose: SuppressionPurpose }[];
}

/** What holds now, as the page shows it. */
export interface PageState {
  sender: string;
  contactId: string | null;
  language: string | null;
  topics: readonly PageTopic[];
  /** What unsubscribing ends: the topic that the link is about; undefined: all advertising. */
  list: PageTopic | undefined;
  level: Level;
  /** The address itself is kept from advertising, by the person: whoever may hold it later. */
  isOptedOut: boolean;
  locks: readonly Lock[];
}

export function stateOf(link: PageLink, facts: PageFacts): PageState {
  const { sender, contactId, language } = facts;
  // A topic is a choice of a contact: an address that nobody holds can be kept from advertising, and that is all.
  const topics = contactId === null ? [] : topicsOf(link, facts);
  // Where the topic cannot be switched off, advertising can.
  const list = topics.find(({ name, isCritical }) => name === link.topic && !isCritical);
  const refused = facts.suppressions.filter(({ reason }) => reason === 'OPTED_OUT').map(({ purpose }) => purpose);
  const level = levelOf(link, facts, refused);
  return {
    sender,
    contactId,
    language,
    topics,
    list,
    level,
    isOptedOut: refused.length > 0,
    locks: locksOf(link, facts),
  };
}

/** Declared topics, those that the person chose about, and the one in the link: whatever a message may come under. */
function topicsOf(link: PageLink, { preferences, topics }: PageFacts): PageTopic[] {
  const chosen = Object.entries(preferences.topics).filter(([, choices]) => link.channelType in choices);
  const declared = new Map(topics.map((topic) => [topic.name, topic]));
  const names = [...declared.keys(), ...chosen.map(([name]) => name), ...(link.topic === null ? [] : [link.topic])];
  return [...new Set(names)].map((name) => {
    const { title = titleOf(name), description = null, isCritical = false, defaults = {} } = declared.get(name) ?? {};
    const choice = preferences.topics[name]?.[link.channelType] ?? defaults[link.channelType] ?? true;
    return { name, title, description, isCritical, isWanted: isCritical || choice };
  });
}

/** A title for a topic that nobody gave one: `order_news` becomes "Order news". */
export function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function levelOf({ channelType }: PageLink, { preferences }: PageFacts, refused: readonly SuppressionPurpose[]): Level {
  if (refused.includes('ALL')) return 'nothing';
  const mayAdvertise = !refused.includes('MARKETING') && preferences.purposes.MARKETING?.[channelType] !== false;
  return mayAdvertise ? 'chosen' : 'no_marketing';
}

function locksOf({ channelType }: PageLink, { suppressions, preferences }: PageFacts): Lock[] {
  const { doNotContact, channels } = preferences;
  const isStopped = doNotContact || channels[channelType]?.allowed === false;
  const locks = suppressions.filter(({ reason }) => reason !== 'OPTED_OUT').map(lockOf);
  return [...new Set([...locks, ...(isStopped ? (['stopped'] as const) : [])])];
}

function lockOf({ reason, purpose }: PageFacts['suppressions'][number]): Lock {
  if (SAID_BY_PERSON.includes(reason)) return 'complained';
  if (reason === 'HARD_BOUNCED') return 'bounced';
  return purpose === 'ALL' ? 'stopped' : 'noMarketing';
}
