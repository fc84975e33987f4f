import fc from 'fast-check';
import { segmentCondition, segmentFaults, type Segment } from './segment-tree';

describe('segmentFaults', () => {
  const field = 'attributes.plan';
  const nested = (depth: number): object => (depth === 1 ? { doNotContact: true } : { not: nested(depth - 1) });
  const EQ = { field, op: 'eq', value: 1 };

  it.each<[string, unknown, string]>([
    ['text', 'everybody', ''],
    ['a list', [], ''],
    ['empty', {}, ''],
    ['of an unknown kind', { sql: '1=1' }, ''],
    ['with two branches', { all: [], any: [EQ] }, ''],
    ['with a branch beside a condition', { not: EQ, ...EQ }, ''],
    ['all of an object', { all: { 0: EQ } }, '/all'],
    ['any of nothing', { any: [] }, '/any'],
    ['null inside', { all: [EQ, null] }, '/all/1'],
    ['not of a list', { not: [EQ] }, '/not'],
    ['nested too deep', nested(7), '/not/not/not/not/not/not'],
    ['with too many nodes', { all: Array.from({ length: 100 }, () => EQ) }, ''],
    ['with 20,000 nodes', { any: Array.from({ length: 19_000 }, () => EQ) }, ''],
    ['with too many conditions about messages', { any: Array.from({ length: 6 }, () => ({ messages: {} })) }, ''],
    ['with a field of nobody', { ...EQ, field: 'password' }, '/field'],
    ['with SQL as a field', { ...EQ, field: 'name; DROP TABLE contact' }, '/field'],
    ['with a column that is no field', { ...EQ, field: 'tenant_id' }, '/field'],
    ['with a field that every object has', { ...EQ, field: 'constructor' }, '/field'],
    ['with a field of no text', { ...EQ, field: ['name'] }, '/field'],
    ['with an attribute without a name', { ...EQ, field: 'attributes.' }, '/field'],
    ['with an attribute of 41 characters', { ...EQ, field: `attributes.${'x'.repeat(41)}` }, '/field'],
    ['with an operator of SQL', { ...EQ, op: '= 1 OR' }, '/op'],
    ['with an operator that every object has', { ...EQ, op: 'toString' }, '/op'],
    ['with no value', { field, op: 'eq' }, '/value'],
    ['with one key too many', { ...EQ, collate: 'C' }, ''],
    ['with an object for a value', { ...EQ, value: { $ne: 1 } }, '/value'],
    ['with null for a value', { ...EQ, value: null }, '/value'],
    ['with a date to be equal to', { ...EQ, value: { daysAgo: 1 } }, '/value'],
    ['with a long text', { ...EQ, value: 'x'.repeat(501) }, '/value'],
    ['with text against a number of days', { ...EQ, op: 'gt', value: { daysAgo: '30' } }, '/value'],
    ['with two dates in one', { ...EQ, op: 'gt', value: { daysAgo: 1, inDays: 1 } }, '/value'],
    ['with a day that the calendar has not', { ...EQ, op: 'gt', value: { date: '2026-02-29' } }, '/value'],
    ['with a truth in order', { ...EQ, op: 'gt', value: true }, '/value'],
    ['with a number to contain', { ...EQ, op: 'contains', value: 5 }, '/value'],
    ['in nothing', { ...EQ, op: 'in', value: [] }, '/value'],
    ['in no list', { ...EQ, op: 'in', value: 'gold' }, '/value'],
    ['in 1,001 values', { ...EQ, op: 'in', value: Array.from({ length: 1001 }, (_, n) => n) }, '/value'],
    ['in a list of lists', { ...EQ, op: 'in', value: [1, [2]] }, '/value/1'],
    ['between one', { ...EQ, op: 'between', value: [1] }, '/value'],
    ['between three', { ...EQ, op: 'between', value: [1, 2, 3] }, '/value'],
    ['between a number and text', { ...EQ, op: 'between', value: [1, '2'] }, '/value'],
    ['between truths', { ...EQ, op: 'between', value: [true, true] }, '/value/0'],
    ['with text that exists', { ...EQ, op: 'exists', value: 'yes' }, '/value'],
    ['with a number for a name', { field: 'name', op: 'eq', value: 5 }, '/value'],
    ['with a time that contains', { field: 'createdAt', op: 'contains', value: '2026' }, '/op'],
    ['with a time that exists', { field: 'createdAt', op: 'exists', value: true }, '/op'],
    ['with a time in words', { field: 'createdAt', op: 'gt', value: 'yesterday' }, '/value'],
    ['on a channel of nobody', { channel: 'FAX', has: true }, '/channel'],
    ['on no channel', { has: true }, '/channel'],
    ['with a word for a truth', { channel: 'EMAIL', allowed: 'yes' }, '/allowed'],
    ['for a purpose of nobody', { channel: 'EMAIL', suppressed: true, purpose: 'ALL' }, '/purpose'],
    ['on a topic with SQL', { channel: 'EMAIL', topic: "news' OR 1=1", on: true }, '/topic'],
    ['on a topic without an answer', { channel: 'EMAIL', topic: 'news' }, ''],
    ['with two questions', { channel: 'EMAIL', has: true, allowed: true }, ''],
    ['that asks whom not to contact by a number', { doNotContact: 1 }, '/doNotContact'],
    ['about messages in words', { messages: 'opened' }, '/messages'],
    ['about messages by SQL', { messages: { where: '1=1' } }, '/messages'],
    ['about messages of no status', { messages: { status: [] } }, '/messages/status'],
    ['about messages of a status of nobody', { messages: { status: ['SENT', 'LOST'] } }, '/messages/status'],
    ['about messages of a campaign in words', { messages: { campaignId: 'spring' } }, '/messages/campaignId'],
    ['about messages within nothing', { messages: { within: { days: 0 } } }, '/messages/within/days'],
    ['about messages within ages', { messages: { within: { days: 1e9 } } }, '/messages/within/days'],
    ['about messages within hours', { messages: { within: { hours: 1 } } }, '/messages/within'],
    ['about half a message', { messages: { atLeast: 0.5 } }, '/messages/atLeast'],
  ])('points to the fault of a segment %s', (_, segment, place) => {
    const faults = segmentFaults(segment, '/segment');
    expect(faults.map(({ pointer }) => pointer)).toContain(`/segment${place}`);
    expect(faults.length).toBeLessThanOrEqual(100);
  });

  it.each<[string, unknown]>([
    ['everybody', { all: [] }],
    ['the deepest that is allowed', nested(6)],
    ['the largest that is allowed', { all: Array.from({ length: 99 }, () => EQ) }],
    ['1,000 values', { ...EQ, op: 'in', value: Array.from({ length: 1000 }, (_, n) => n) }],
    ['an attribute of 40 signs', { ...EQ, field: `attributes.${'😀'.repeat(40)}` }],
    ['a leap day', { field: 'createdAt', op: 'lt', value: '2024-02-29' }],
    ['what is left open', { messages: {} }],
  ])('finds none with %s', (_, segment) => {
    expect(segmentFaults(segment, '')).toEqual([]);
  });

  it('never throws, whatever the value is', () => {
    const anything = fc.anything({ maxDepth: 4, withNullPrototype: true, withMap: true, withDate: true });
    fc.assert(
      fc.property(anything, (value) => {
        segmentFaults(value, '');
        segmentFaults({ all: [{ field: 'attributes.x', op: 'in', value }, { messages: value }, { not: value }] }, '');
      }),
      { numRuns: 1000 },
    );
  });
});

describe('segmentCondition', () => {
  it('puts nothing that a tenant wrote into the text, and gives every value its place', () => {
    const word = "'); DROP TABLE contact;--";
    const of = (text: string, number: number): Segment => ({
      any: [
        { field: `attributes.${text}`, op: 'in', value: [text, number] },
        { field: `attributes.${text}`, op: 'between', value: [text, text] },
        { field: 'name', op: 'contains', value: text },
        { not: { field: 'attributes.x', op: 'gt', value: number } },
        { channel: 'EMAIL', topic: 'news', on: true },
        { messages: { status: 'SENT', within: { days: number } } },
      ],
    });
    const { sql, values } = segmentCondition(of(word, 17), 5);
    expect(sql).not.toContain('DROP');
    expect(sql).toBe(segmentCondition(of('other', 18), 5).sql);
    const places = new Set([...sql.matchAll(/\$(\d+)/g)].map(([, place]) => Number(place)));
    places.delete(1); // the tenant
    expect([...places].toSorted((a, b) => a - b)).toEqual(values.map((_, index) => index + 5));
  });
});
