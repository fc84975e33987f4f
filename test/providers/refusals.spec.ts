import type { ChannelType, Content, MessageType } from '../../src/providers/provider';
import { findProvider, refusalsOf } from '../../src/providers/registry';

function pointers(type: string, channelType: ChannelType, messageType: MessageType, content: Content): string[] {
  const provider = findProvider(type);
  if (!provider) throw new Error(type);
  return refusalsOf(provider, { channelType, messageType, to: 'x', content }).map(({ pointer }) => pointer);
}

const media = { url: 'https://files.acme.example/a.jpg' };
const location = { latitude: 1, longitude: 2 };
const buttons = [{ title: 'Yes', payload: 'y' }];
const attachment = { filename: 'a', contentType: 'text/plain', content: Buffer.from('a') };
const dynamic = { name: `d-${'0'.repeat(32)}`, language: 'en', variables: {} };
const contentSid = { name: `HX${'0'.repeat(32)}`, language: 'en', variables: {} };

it.each<[type: string, channelType: ChannelType, messageType: MessageType, content: Content, pointer: string]>([
  ['sendgrid', 'EMAIL', 'TEXT', { subject: 's' }, '/content/text'],
  ['sendgrid', 'EMAIL', 'TEXT', { subject: 's', text: '' }, '/content/text'],
  ['sendgrid', 'EMAIL', 'HTML', { subject: 's', text: 'x' }, '/content/html'],
  ['sendgrid', 'EMAIL', 'IMAGE', { subject: 's', text: 'x' }, '/content/media'],
  ['sendgrid', 'EMAIL', 'TEMPLATE', { subject: 's' }, '/content/template'],
  ['sendgrid', 'EMAIL', 'TEXT', { text: 'x' }, '/content/subject'],
  ['sendgrid', 'EMAIL', 'LOCATION', { subject: 's', location }, '/messageType'],
  ['sendgrid', 'EMAIL', 'TEXT', { subject: 's', text: 'x', location }, '/content/location'],
  ['sendgrid', 'EMAIL', 'TEXT', { subject: 's', text: 'x', media }, '/content/media'],
  ['sendgrid', 'EMAIL', 'TEXT', { subject: 's', text: 'x', buttons }, '/content/buttons'],
  ['sendgrid', 'EMAIL', 'TEXT', { subject: 's', text: 'x', template: dynamic }, '/content/template'],
  ['sendgrid', 'EMAIL', 'TEMPLATE', { template: contentSid }, '/content/template/name'],
  ['sendgrid', 'EMAIL', 'IMAGE', { subject: 's', media: { url: 'javascript:alert(1)' } }, '/content/media/url'],
  ['sendgrid', 'EMAIL', 'IMAGE', { subject: 's', media: { url: '/a.jpg' } }, '/content/media/url'],
  ['sendgrid', 'EMAIL', 'TEXT', { subject: 's', text: 'x', headers: { TO: 'a@b.co' } }, '/content/headers/TO'],
  [
    'sendgrid',
    'EMAIL',
    'TEXT',
    { subject: 's', text: 'x', headers: { 'message-id': '<x>' } },
    '/content/headers/message-id',
  ],
  ['sendgrid', 'EMAIL', 'TEXT', { subject: 's', text: 'x', headers: { 'X-A': 'a\r\nBcc: b' } }, '/content/headers/X-A'],
  ['sendgrid', 'EMAIL', 'TEXT', { subject: 's', text: 'x', headers: { 'X A/B': 'a' } }, '/content/headers/X A~1B'],
  ['twilio', 'SMS', 'TEXT', { text: 'x'.repeat(1601) }, '/content/text'],
  ['twilio', 'SMS', 'IMAGE', { media: { ...media, caption: 'x'.repeat(1601) } }, '/content/media/caption'],
  ['twilio', 'SMS', 'HTML', { html: 'x' }, '/messageType'],
  ['twilio', 'SMS', 'TEXT', { text: 'x', html: '<b>x</b>' }, '/content/html'],
  ['twilio', 'SMS', 'LOCATION', { location }, '/messageType'],
  ['twilio', 'SMS', 'TEXT', { text: 'x', attachments: [attachment] }, '/attachments'],
  ['twilio', 'WHATSAPP', 'TEXT', { text: 'x', buttons }, '/content/buttons'],
  ['twilio', 'WHATSAPP', 'LOCATION', { location: { latitude: 91, longitude: 2 } }, '/content/location/latitude'],
  ['twilio', 'WHATSAPP', 'LOCATION', { location: { latitude: 1, longitude: NaN } }, '/content/location/longitude'],
  ['twilio', 'WHATSAPP', 'LOCATION', { location: { ...location, name: 'a|b' } }, '/content/location/name'],
  ['twilio', 'WHATSAPP', 'TEMPLATE', { template: dynamic }, '/content/template/name'],
  ['twilio', 'WHATSAPP', 'IMAGE', { text: 'x', media: { ...media, caption: 'y' } }, '/content/text'],
  ['twilio', 'WHATSAPP', 'FILE', { media: { ...media, contentType: 'application/zip' } }, '/content/media/contentType'],
  ['sandbox', 'SMS', 'TEXT', {}, '/content/text'],
  [
    'sandbox',
    'SMS',
    'TEXT',
    { text: 'x', buttons: Array.from({ length: 11 }, () => ({ title: 'x' })) },
    '/content/buttons',
  ],
])('%s refuses on %s a %s of %j, naming %s', (type, channelType, messageType, content, pointer) => {
  expect(pointers(type, channelType, messageType, content)).toEqual([pointer]);
});

it.each<[string, ChannelType, MessageType, Content]>([
  ['sendgrid', 'EMAIL', 'TEMPLATE', { subject: 's', html: '<b>rendered by us</b>' }],
  ['sendgrid', 'EMAIL', 'TEMPLATE', { template: dynamic }],
  [
    'sendgrid',
    'EMAIL',
    'TEXT',
    { subject: 's', text: 'x', headers: { 'List-Unsubscribe': '<https://u.acme.example/x>' } },
  ],
  ['twilio', 'SMS', 'TEXT', { text: 'x'.repeat(1600), subject: 'of no use here' }],
  ['twilio', 'SMS', 'TEMPLATE', { text: 'rendered by us' }],
  ['twilio', 'WHATSAPP', 'TEMPLATE', { template: contentSid }],
])('%s takes on %s a %s of %j', (type, channelType, messageType, content) => {
  expect(pointers(type, channelType, messageType, content)).toEqual([]);
});

it('sendgrid refuses attachments that are too large together', () => {
  const half = { ...attachment, content: Buffer.alloc(10_000_001) };
  expect(pointers('sendgrid', 'EMAIL', 'TEXT', { subject: 's', text: 'x', attachments: [half] })).toEqual([]);
  expect(pointers('sendgrid', 'EMAIL', 'TEXT', { subject: 's', text: 'x', attachments: [half, half] })).toEqual([
    '/attachments',
  ]);
});
