import { facetOf } from './message-events.queries';

describe('what an event says of its message', () => {
  it.each([
    ['OPENED', false, 'OPENED'],
    ['OPENED', true, 'MACHINE_OPENED'],
    ['CLICKED', false, 'CLICKED'],
    ['CLICKED', true, undefined],
    ['COMPLAINED', false, 'COMPLAINED'],
    ['DEFERRED', false, undefined],
    ['DELIVERED', false, undefined],
  ])('%s, by a machine: %s', (type, isByMachine, facet) => {
    expect(facetOf(type, isByMachine)).toBe(facet);
  });
});
