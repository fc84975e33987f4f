import type { InboundEvent } from '../../providers/provider';
import { joinParts } from './joined-parts';

function part(index: number, text: string): InboundEvent {
  return {
    kind: 'inbound',
    eventKey: `key-${index}`,
    at: new Date(0),
    providerMessageId: `id-${index}`,
    from: '+14155550100',
    to: '+14155550101',
    messageType: 'TEXT',
    content: { text },
    part: { reference: 'r', index, total: 3 },
  };
}

it('joins the parts of a text in their order', () => {
  const joined = joinParts([part(1, 'Once upon '), part(2, 'a '), part(3, 'time')]);
  expect(joined).toMatchObject({ content: { text: 'Once upon a time' }, providerMessageId: 'id-1' });
  expect(joined.part).toBeUndefined();
});

it('shows where a part is missing', () => {
  expect(joinParts([part(1, 'Once '), part(3, 'time')]).content.text).toBe('Once […]time');
  expect(joinParts([part(2, 'upon')]).content.text).toBe('[…]upon[…]');
});

it('refuses to join nothing', () => {
  expect(() => joinParts([])).toThrow('no part');
});
