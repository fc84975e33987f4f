import { providerParameters } from './provider-parameters';
import { readSpecs } from './variables';

const specs = readSpecs([
  { name: '1' },
  { name: '2', default: 'Vienna' },
  { name: '3', required: false, type: 'NUMBER' },
]);

it('gives every value as text, with defaults, without those that are left out', () => {
  expect(providerParameters('WHATSAPP', specs, { 1: 'Ada', extra: 7 })).toEqual({ 1: 'Ada', 2: 'Vienna', extra: '7' });
  expect(providerParameters('WHATSAPP', specs, { 1: 'Ada', 3: 5 })).toEqual({ 1: 'Ada', 2: 'Vienna', 3: '5' });
});

it.each([
  ['a line break', 'a\nb'],
  ['a tab', 'a\tb'],
  ['five spaces', 'a     b'],
  ['1025 characters', 'x'.repeat(1025)],
  ['a list', ['x']],
])('refuses %s on WhatsApp by name', (_, value) => {
  expect(() => providerParameters('WHATSAPP', [], { x: value })).toThrow(
    expect.objectContaining({ errors: [{ pointer: '/variables/x', message: expect.any(String) }] }),
  );
});

it('leaves the rules of other providers to them', () => {
  expect(providerParameters('EMAIL', [], { x: 'a\nb' })).toEqual({ x: 'a\nb' });
});

it('names a required one that is missing', () => {
  expect(() => providerParameters('WHATSAPP', specs, {})).toThrow(
    expect.objectContaining({ errors: [{ pointer: '/variables/1', message: 'is required by the template' }] }),
  );
});
