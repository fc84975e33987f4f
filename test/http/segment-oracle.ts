import type { Segment } from '../../src/campaigns/segments/segment-tree';

export type Scalar = string | number | boolean;

/** A contact with everything that a segment can ask of it. */
export interface Person {
  id: string;
  externalId: string | null;
  name: string | null;
  language: string | null;
  timezone: string | null;
  createdAt: number;
  attributes: Record<string, Scalar | null>;
  /** Those held longest first. */
  identities: { channelType: string; address: string }[];
  preference: Preference | null;
  messages: Message[];
}

export interface Preference {
  doNotContact: boolean;
  channels: Record<string, { allowed: boolean }>;
  purposes: Record<string, Record<string, boolean>>;
  topics: Record<string, Record<string, boolean>>;
}

export interface Message {
  session: string;
  direction: string;
  status: string;
  channelType: string;
  templateId: string | null;
  campaignId: string | null;
  createdAt: number;
  sentAt: number | null;
  deliveredAt: number | null;
  readAt: number | null;
  openedAt: number | null;
  clickedAt: number | null;
}

/** What stands beside the contacts. */
export interface World {
  now: number;
  topicDefaults: Record<string, Record<string, boolean>>;
  /** In force, by channel type and address. */
  suppressions: { channelType: string; address: string; purpose: string }[];
  /** In the order in which they were said. */
  consent: { channelType: string; address: string; action: string; topic: string | null }[];
}

interface Comparison {
  field: string;
  op: string;
  value: unknown;
}

/** A condition about a channel type. */
interface OfChannel {
  channel: string;
  has?: boolean;
  allowed?: boolean;
  suppressed?: boolean;
  consent?: boolean;
  on?: boolean;
  topic?: string;
  purpose?: string;
}

/** What is asked of messages; facts of a message are asked under their own names. */
type Asked = Partial<Record<string, unknown>> & { direction?: string; atLeast?: number; within?: { days: number } };

const DAY = 86_400_000;

/** Whether a segment is about a person, told without any SQL: what the compiled statement must select. */
export function isAbout(segment: Segment, person: Person, world: World): boolean {
  if ('all' in segment) return segment.all.every((node) => isAbout(node, person, world));
  if ('any' in segment) return segment.any.some((node) => isAbout(node, person, world));
  if ('not' in segment) return !isAbout(segment.not, person, world);
  if ('field' in segment) return comparison(segment, person, world);
  if ('messages' in segment) return messages(segment.messages, person, world);
  if ('doNotContact' in segment) return (person.preference?.doNotContact ?? false) === segment.doNotContact;
  return ofChannel(segment, person, world);
}

function ofChannel(leaf: OfChannel, person: Person, world: World): boolean {
  const { channel, topic, purpose } = leaf;
  const address = person.identities.find((held) => held.channelType === channel)?.address;
  if (leaf.has !== undefined) return (address !== undefined) === leaf.has;
  if (leaf.allowed !== undefined) return isAllowed(person, channel, purpose) === leaf.allowed;
  if (leaf.on !== undefined) return isOn(person, world, { channel, topic: topic ?? '' }) === leaf.on;
  if (leaf.suppressed !== undefined) {
    const purposes = ['ALL', purpose ?? 'MARKETING'];
    const isSuppressed = world.suppressions.some(
      (each) => each.channelType === channel && each.address === address && purposes.includes(each.purpose),
    );
    return isSuppressed === leaf.suppressed;
  }
  const words = world.consent.filter(
    (each) =>
      each.channelType === channel &&
      each.address === address &&
      (each.topic === null || each.topic === topic) &&
      ['OPTED_IN', 'OPTED_OUT', 'COMPLAINED'].includes(each.action),
  );
  return (words.at(-1)?.action === 'OPTED_IN') === leaf.consent;
}

function isAllowed({ preference }: Person, channel: string, purpose: string | undefined): boolean {
  if (preference?.channels[channel]?.allowed === false) return false;
  return purpose === undefined || preference?.purposes[purpose]?.[channel] !== false;
}

function isOn(
  { preference }: Person,
  { topicDefaults }: World,
  { channel, topic }: { channel: string; topic: string },
) {
  return preference?.topics[topic]?.[channel] ?? topicDefaults[topic]?.[channel] ?? true;
}

function messages(asked: Asked, person: Person, { now }: World): boolean {
  const fits = (message: Message, index: number) => {
    const { direction, status, channelType, templateId, campaignId, createdAt } = message;
    const { readAt, openedAt, clickedAt, deliveredAt } = message;
    const some = (...times: (number | null)[]) => times.some((time) => time !== null);
    const replied = person.messages
      .slice(index + 1)
      .some(
        (later) =>
          later.session === message.session &&
          later.direction === 'INBOUND' &&
          later.createdAt > (message.sentAt ?? createdAt),
      );
    const same = (key: string, value: unknown) => asked[key] === undefined || asked[key] === value;
    return (
      direction === (asked.direction ?? 'OUTBOUND') &&
      (asked['status'] === undefined || [asked['status']].flat().includes(status)) &&
      same('received', some(deliveredAt, readAt, openedAt, clickedAt)) &&
      same('opened', some(readAt, openedAt, clickedAt)) &&
      same('clicked', some(clickedAt)) &&
      same('replied', replied) &&
      same('channelType', channelType) &&
      same('templateId', templateId) &&
      same('campaignId', campaignId) &&
      (asked.within === undefined || createdAt > now - asked.within.days * DAY)
    );
  };
  return person.messages.filter(fits).length >= (asked.atLeast ?? 1);
}

function comparison({ field, op, value }: Comparison, person: Person, { now }: World): boolean {
  const held = field.startsWith('attributes.')
    ? new Map(Object.entries(person.attributes)).get(field.slice(11))
    : person[field as 'name' | 'language' | 'externalId' | 'timezone' | 'createdAt'];
  const isThere = held !== undefined && held !== null;
  if (op === 'exists') return isThere === value;
  if (!isThere) return false;
  if (op === 'eq') return held === value;
  if (op === 'ne') return held !== value;
  if (op === 'in') return (value as unknown[]).includes(held);
  const operands = [value].flat();
  const isDate = field === 'createdAt' || operands.some((each) => typeof each === 'object');
  if (!isDate) return typeof held === typeof operands[0] && inOrder(op, held, operands);
  const time = field === 'createdAt' ? Number(held) : dateOf(held);
  const instants = operands.map((each) => instant(each, now));
  return time !== undefined && ordered(op, time, instants);
}

function inOrder(op: string, held: Scalar, operands: readonly unknown[]): boolean {
  if (typeof held === 'number') return ordered(op, held, operands.map(Number));
  const [text, parts] = [String(held), operands.map(String)];
  if (op === 'contains') return text.includes(parts[0]!);
  if (op === 'startsWith') return text.startsWith(parts[0]!);
  const [low = 0, high = 0] = parts.map((part) => Buffer.compare(Buffer.from(text), Buffer.from(part)));
  return op === 'between' ? low >= 0 && high <= 0 : ordered(op, low, [0]);
}

function ordered(op: string, held: number, [low = 0, high = 0]: number[]): boolean {
  const answers: Record<string, boolean> = {
    gt: held > low,
    gte: held >= low,
    lt: held < low,
    lte: held <= low,
    between: held >= low && held <= high,
  };
  return answers[op]!;
}

function instant(operand: unknown, now: number): number {
  if (typeof operand === 'string') return Date.parse(operand);
  const { date, daysAgo, inDays } = operand as { date?: string; daysAgo?: number; inDays?: number };
  return date === undefined ? now - (daysAgo ?? 0) * DAY + (inDays ?? 0) * DAY : Date.parse(date);
}

/** A day or an instant that the calendar has: one that comes back as it went in. */
function dateOf(held: unknown): number | undefined {
  if (typeof held !== 'string') return undefined;
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?$/.exec(held) ?? [];
  if (!day || Number.isNaN(Date.parse(day)) || new Date(day).toISOString().slice(0, 10) !== day) return undefined;
  const parsed = Date.parse(day + (time ?? ''));
  return Number.isNaN(parsed) ? undefined : parsed;
}
