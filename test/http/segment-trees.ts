import fc from 'fast-check';
import type { Segment } from '../../src/campaigns/segments/segment-tree';
import { KEYS, STATUSES, TOPICS, TYPES, UUIDS, VALUES } from './segment-world';

const some = <T>(...values: readonly T[]) => fc.constantFrom(...values);
const values = some(...VALUES);
const texts = some(...VALUES.filter((value) => typeof value === 'string'));
const numbers = some(...VALUES.filter((value) => typeof value === 'number'));
const days = fc.integer({ min: 0, max: 70 });
const dates = fc.oneof(
  days.map((daysAgo) => ({ daysAgo })),
  days.map((inDays) => ({ inDays })),
  some('2026-01-01', '2020-02-29', '1999-12-31T23:59:59Z').map((date) => ({ date })),
);
const two = <T>(arbitrary: fc.Arbitrary<T>) => fc.tuple(arbitrary, arbitrary).map((both) => [...both]);
const attribute = some(...KEYS).map((key) => `attributes.${key}`);
const textField = some('name', 'externalId', 'language', 'timezone');
const ORDERS = ['gt', 'gte', 'lt', 'lte'];

const comparison = fc.oneof(
  fc.record({ field: attribute, op: some('eq', 'ne'), value: values }),
  fc.record({ field: attribute, op: some('in'), value: fc.array(values, { minLength: 1, maxLength: 5 }) }),
  fc.record({ field: attribute, op: some('contains', 'startsWith'), value: texts }),
  fc.record({ field: attribute, op: some(...ORDERS), value: fc.oneof(texts, numbers, dates) }),
  fc.record({ field: attribute, op: some('between'), value: fc.oneof(two(texts), two(numbers), two(dates)) }),
  fc.record({ field: fc.oneof(attribute, textField), op: some('exists'), value: fc.boolean() }),
  fc.record({
    field: textField,
    op: some('eq', 'ne', 'contains', 'startsWith', ...ORDERS),
    value: some('Ada', 'ada', 'de', 'ext-3-', 'Europe/Berlin', 'UTC', '', '%', '😀'),
  }),
  fc.record({ field: textField, op: some('in', 'between'), value: two(some('Ada', 'Bob', 'de', 'en', 'UTC')) }),
  fc.record({ field: some('createdAt'), op: some(...ORDERS), value: fc.oneof(dates, some('2026-11-01')) }),
  fc.record({ field: some('createdAt'), op: some('between'), value: two(dates) }),
);
const channel = some(...TYPES);
const is = fc.boolean();
const purpose = some('MARKETING', 'TRANSACTIONAL');
const topic = some(...TOPICS);
const ofChannel = fc.oneof(
  fc.record({ channel, has: is }),
  fc.record({ channel, allowed: is, purpose }, { requiredKeys: ['channel', 'allowed'] }),
  fc.record({ channel, suppressed: is, purpose }, { requiredKeys: ['channel', 'suppressed'] }),
  fc.record({ channel, topic, on: is }),
  fc.record({ channel, consent: is, topic }, { requiredKeys: ['channel', 'consent'] }),
  fc.record({ doNotContact: is }),
);
const messages = fc.record({
  messages: fc.record(
    {
      direction: some('OUTBOUND', 'INBOUND'),
      status: fc.oneof(some(...STATUSES), fc.subarray(STATUSES, { minLength: 1 })),
      received: is,
      opened: is,
      clicked: is,
      replied: is,
      channelType: channel,
      templateId: some(...UUIDS),
      campaignId: some(...UUIDS),
      within: fc.record({ days: fc.integer({ min: 1, max: 70 }) }),
      atLeast: fc.integer({ min: 1, max: 3 }),
    },
    { requiredKeys: [] },
  ),
});
/** One condition. */
export const leaf = fc.oneof(comparison, comparison, ofChannel, messages);
/** Conditions in all, any and not. */
export const tree = fc.letrec<{ node: Segment }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    leaf as fc.Arbitrary<Segment>,
    fc.record({ all: fc.array(tie('node'), { maxLength: 3 }) }),
    fc.record({ any: fc.array(tie('node'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ not: tie('node') }),
  ),
})).node;

const word = fc.oneof(
  some('all', 'any', 'not', 'field', 'op', 'value', 'messages', 'channel', 'has', 'topic', 'on', 'within', 'status'),
  some('attributes.x', 'name', 'createdAt', 'eq', 'in', 'between', 'gt', 'EMAIL', 'daysAgo', 'date', 'doNotContact'),
  some("'; DROP TABLE contact;--", '$1', '$99::text', '\\', '%s', 'c.id', '{}', 'NaN', '\u0007', '\uffff'),
  fc.string({ maxLength: 12 }),
);
const anything = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    fc.oneof(word, fc.double(), fc.boolean(), fc.constant(null)),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(word, tie('any'), { maxKeys: 3 }),
  ),
})).any;

/** JSON of all kinds, in which words of segments and of SQL stand where they should not. */
export const hostile = fc.oneof(anything, fc.record({ all: fc.array(anything) }));
