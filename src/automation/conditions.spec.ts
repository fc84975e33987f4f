import { conditionFaults } from './conditions';

const IS_NEW = { field: 'order.status', op: 'eq', value: 'new' };

describe('conditionFaults', () => {
  it.each([
    [IS_NEW],
    [{ all: [IS_NEW, { any: [{ field: 'order.total', op: 'gte', value: 100 }, { not: IS_NEW }] }] }],
    [{ field: 'tags', op: 'in', value: ['a', 1, null, true] }],
    [{ field: 'tags', op: 'contains', value: 'vip' }],
    [{ field: 'phone', op: 'exists', value: false }],
  ])('accepts %j', (condition) => {
    expect(conditionFaults(condition, '/conditions')).toEqual([]);
  });

  it.each([
    ['/conditions', null],
    ['/conditions', []],
    ['/conditions', {}],
    ['/conditions', { all: [IS_NEW], any: [IS_NEW] }],
    ['/conditions', { ...IS_NEW, extra: 1 }],
    ['/conditions/all', { all: [] }],
    ['/conditions/any', { any: IS_NEW }],
    ['/conditions/all/1/not/op', { all: [IS_NEW, { not: { ...IS_NEW, op: 'matches' } }] }],
    ['/conditions/op', { ...IS_NEW, op: 'toString' }],
    ['/conditions/op', { ...IS_NEW, op: ['eq'] }],
    ['/conditions/field', { ...IS_NEW, field: 'a.constructor.name' }],
    ['/conditions/field', { ...IS_NEW, field: 'a..b' }],
    ['/conditions/field', { ...IS_NEW, field: '' }],
    ['/conditions/field', { ...IS_NEW, field: 7 }],
    ['/conditions/value', { ...IS_NEW, value: { $gt: '' } }],
    ['/conditions/value', { ...IS_NEW, op: 'gt', value: true }],
    ['/conditions/value', { ...IS_NEW, op: 'in', value: [] }],
    ['/conditions/value', { ...IS_NEW, op: 'exists', value: 'yes' }],
    ['/conditions/value', { ...IS_NEW, value: 'x'.repeat(501) }],
  ])('names %s of %j', (pointer, condition) => {
    expect(conditionFaults(condition, '/conditions').map((fault) => fault.pointer)).toEqual([pointer]);
  });

  it('accepts a depth of 8 and refuses 9', () => {
    const nested = (depth: number): object => (depth === 1 ? IS_NEW : { not: nested(depth - 1) });

    expect(conditionFaults(nested(8), '/c')).toEqual([]);
    expect(conditionFaults(nested(9), '/c')).toEqual([
      { pointer: '/c/not/not/not/not/not/not/not/not', message: 'must not be nested deeper than 8' },
    ]);
  });

  it('accepts 64 nodes and refuses 65, however many there are', () => {
    const wide = (leaves: number) => ({ any: Array.from({ length: leaves }, () => IS_NEW) });

    expect(conditionFaults(wide(63), '/c')).toEqual([]);
    expect(conditionFaults(wide(64), '/c')).toEqual([{ pointer: '/c', message: 'must have at most 64 nodes' }]);
    expect(conditionFaults({ all: Array.from({ length: 64 }, () => wide(50_000)) }, '/c')).toHaveLength(1);
  });
});
