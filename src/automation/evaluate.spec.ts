import fc from 'fast-check';
import { conditionFaults, OPERATORS } from './conditions';
import { holds, valueOf, type Condition, type Facts } from './evaluate';

const FACTS: Facts = {
  event: {
    type: 'order.paid',
    payload: { order: { total: 100, status: 'new', tags: ['vip', 7] }, none: null, text: '100' },
  },
  contact: { language: 'de', attributes: { plan: 'pro', age: 41, active: false } },
};

const is = (field: string, op: keyof typeof OPERATORS, value: unknown) => holds({ field, op, value }, FACTS);

describe('holds', () => {
  it.each<[string, keyof typeof OPERATORS, unknown, boolean]>([
    ['order.total', 'eq', 100, true],
    ['event.payload.order.total', 'eq', 100, true],
    ['order.total', 'eq', '100', false],
    ['text', 'eq', 100, false],
    ['text', 'gt', 99, false],
    ['order.total', 'gt', '1', false],
    ['order.total', 'gte', 100, true],
    ['order.total', 'lt', 100, false],
    ['order.total', 'lte', 100, true],
    ['order.status', 'gt', 'm', true],
    ['order.status', 'ne', 'old', true],
    ['order.status', 'ne', 'new', false],
    ['order.missing', 'ne', 'new', false],
    ['order.missing', 'eq', null, true],
    ['order.total', 'ne', null, true],
    ['none', 'eq', null, true],
    ['none', 'exists', false, true],
    ['order', 'exists', true, true],
    ['order.status', 'in', ['old', 'new'], true],
    ['order.total', 'in', ['100'], false],
    ['order.tags', 'contains', 'vip', true],
    ['order.tags', 'contains', 'vi', false],
    ['order.tags', 'contains', 7, true],
    ['order.status', 'contains', 'ew', true],
    ['order.total', 'contains', 1, false],
    ['contact.language', 'eq', 'de', true],
    ['contact.attributes.plan', 'eq', 'pro', true],
    ['contact.attributes.active', 'eq', false, true],
    ['contact.attributes.active', 'exists', true, true],
    ['event.type', 'eq', 'order.paid', true],
  ])('says of %s %s %j: %s', (field, op, value, expected) => {
    expect(is(field, op, value)).toBe(expected);
  });

  it.each(['toString', 'hasOwnProperty', 'length', 'order.tags.length', 'order.status.length', 'order.valueOf.call'])(
    'finds nothing under %s, which nobody gave',
    (field) => {
      expect(valueOf(field, FACTS)).toBeUndefined();
      expect(is(field, 'exists', true)).toBe(false);
    },
  );

  it('knows nothing of a contact where there is none', () => {
    const nobody: Facts = { ...FACTS, contact: undefined };
    expect(holds({ field: 'contact.language', op: 'exists', value: true }, nobody)).toBe(false);
    expect(holds({ not: { field: 'contact.language', op: 'eq', value: 'de' } }, nobody)).toBe(true);
  });

  it('joins with all, any and not', () => {
    const yes: Condition = { field: 'order.total', op: 'eq', value: 100 };
    const no: Condition = { not: yes };
    expect(holds({ all: [yes, no] }, FACTS)).toBe(false);
    expect(holds({ any: [no, yes] }, FACTS)).toBe(true);
    expect(holds({ all: [yes, { not: no }] }, FACTS)).toBe(true);
  });

  it('answers every condition that is accepted about every payload, without a throw', () => {
    const operand = fc.oneof(fc.string({ maxLength: 5 }), fc.integer(), fc.boolean(), fc.constant(null));
    const leaf = fc.record({
      field: fc.constantFrom('a', 'a.b', 'contact.attributes.a', 'event.payload.a.b', 'a.toString'),
      op: fc.constantFrom(...(Object.keys(OPERATORS) as (keyof typeof OPERATORS)[])),
      value: fc.oneof(operand, fc.array(operand, { maxLength: 3 })),
    });
    fc.assert(
      fc.property(leaf, fc.jsonValue(), fc.jsonValue(), (condition, payload, attributes) => {
        fc.pre(conditionFaults(condition, '').length === 0);
        const facts = { event: { payload }, contact: { attributes } };
        expect(typeof holds(condition as Condition, facts)).toBe('boolean');
      }),
    );
  });
});
