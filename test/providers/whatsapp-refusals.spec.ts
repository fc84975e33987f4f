import type { Content, MessageType } from '../../src/providers/provider';
import { findProvider, refusalsOf } from '../../src/providers/registry';

function pointers(messageType: MessageType, content: Content): string[] {
  const refusals = refusalsOf(findProvider('whatsapp')!, { channelType: 'WHATSAPP', messageType, to: 'x', content });
  return refusals.map(({ pointer }) => pointer);
}

const url = 'https://files.acme.example/a';
const media = { url };
const location = { latitude: 1, longitude: 2 };
const template = { name: 'order_ready', language: 'en_US', variables: {} };
const answers = (count: number) => Array.from({ length: count }, (_, index) => ({ title: `Answer ${index}` }));
const long = (length: number) => 'x'.repeat(length);
const attachment = { filename: 'a.pdf', contentType: 'application/pdf', content: Buffer.from('a') };
const variables = (given: Record<string, string>): Content => ({ template: { ...template, variables: given } });

it.each<[MessageType, Content, string]>([
  ['HTML', { html: '<b>x</b>' }, '/messageType'],
  ['TEXT', {}, '/content/text'],
  ['TEXT', { text: long(4097) }, '/content/text'],
  ['TEXT', { text: 'x', html: '<b>x</b>' }, '/content/html'],
  ['TEXT', { text: 'x', media }, '/content/media'],
  ['IMAGE', { text: 'x' }, '/content/media'],
  ['IMAGE', { media: { url: 'ftp://files.acme.example/a' } }, '/content/media/url'],
  ['IMAGE', { media: { url, contentType: 'image/gif' } }, '/content/media/contentType'],
  ['IMAGE', { media: { url, contentType: 'video/mp4' } }, '/content/media/contentType'],
  ['VIDEO', { media: { url, contentType: 'image/webp' } }, '/content/media/contentType'],
  ['FILE', { media: { url, contentType: 'image/png' } }, '/content/media/contentType'],
  ['FILE', { media: { url, contentType: 'application/zip' } }, '/content/media/contentType'],
  ['IMAGE', { media: { url, caption: long(1025) } }, '/content/media/caption'],
  ['VIDEO', { media, text: long(1025) }, '/content/text'],
  ['IMAGE', { media: { url, caption: 'a' }, text: 'b' }, '/content/text'],
  ['AUDIO', { media, text: 'a' }, '/content/text'],
  ['IMAGE', { media: { url, contentType: 'image/webp', caption: 'a' } }, '/content/media/caption'],
  ['LOCATION', { location, text: 'x' }, '/content/text'],
  ['LOCATION', { location: { latitude: 91, longitude: 0 } }, '/content/location/latitude'],
  ['LOCATION', { location, buttons: answers(1) }, '/content/buttons'],
  ['FILE', { media, attachments: [attachment] }, '/attachments'],
  ['FILE', { attachments: [attachment, attachment] }, '/attachments'],
  ['FILE', { attachments: [{ ...attachment, contentType: 'application/zip' }] }, '/attachments'],
  ['TEXT', { text: 'x', buttons: answers(11) }, '/content/buttons'],
  ['TEXT', { text: long(1025), buttons: answers(1) }, '/content/text'],
  ['IMAGE', { media: { url, caption: long(1025) }, buttons: answers(1) }, '/content/media/caption'],
  ['IMAGE', { media, buttons: answers(1) }, '/content/text'],
  ['IMAGE', { media, text: 'x', buttons: answers(4) }, '/content/buttons'],
  ['TEXT', { text: 'x', buttons: [{ title: long(21) }] }, '/content/buttons/0/title'],
  ['TEXT', { text: 'x', buttons: [{ title: ' ', payload: 'x' }] }, '/content/buttons/0/title'],
  ['TEXT', { text: 'x', buttons: [{ title: 'a', payload: long(257) }] }, '/content/buttons/0/payload'],
  ['TEXT', { text: 'x', buttons: [{ title: 'a', url, payload: 'x' }] }, '/content/buttons/0/payload'],
  ['TEXT', { text: 'x', buttons: [...answers(3), { title: long(25) }] }, '/content/buttons/3/title'],
  ['TEXT', { text: 'x', buttons: [...answers(3), { title: 'a', payload: long(201) }] }, '/content/buttons/3/payload'],
  ['TEXT', { text: 'x', buttons: [{ title: 'a', url }, { title: 'b' }] }, '/content/buttons'],
  [
    'TEXT',
    {
      text: 'x',
      buttons: [
        { title: 'a', payload: '1' },
        { title: 'a', payload: '2' },
      ],
    },
    '/content/buttons',
  ],
  [
    'TEXT',
    {
      text: 'x',
      buttons: [
        { title: 'a', payload: '1' },
        { title: 'b', payload: '1' },
      ],
    },
    '/content/buttons',
  ],
  ['TEMPLATE', { template, buttons: answers(1) }, '/content/buttons'],
  ['TEMPLATE', { template: { ...template, name: 'Order Ready' } }, '/content/template/name'],
  ['TEMPLATE', { template: { ...template, language: 'english' } }, '/content/template/language'],
  ['TEMPLATE', variables({ 'footer.1': 'x' }), '/content/template/variables/footer.1'],
  ['TEMPLATE', variables({ 'a/b~': 'x' }), '/content/template/variables/a~1b~0'],
  ['TEMPLATE', variables({ 1: '' }), '/content/template/variables/1'],
  ['TEMPLATE', variables({ 'button.10': 'x' }), '/content/template/variables/button.10'],
  ['TEMPLATE', variables({ 'header.image': '/h.jpg' }), '/content/template/variables/header.image'],
  ['TEMPLATE', variables({ 'header.location': 'Berlin' }), '/content/template/variables/header.location'],
  ['TEMPLATE', variables({ 1: 'a', 3: 'c' }), '/content/template/variables'],
  ['TEMPLATE', variables({ 0: 'a' }), '/content/template/variables/0'],
  ['TEMPLATE', variables({ '01': 'a' }), '/content/template/variables/01'],
  ['TEMPLATE', variables({ 1: 'a', name: 'b' }), '/content/template/variables'],
  ['TEMPLATE', variables({ 'header.1': 'a', 'header.image': url }), '/content/template/variables'],
  ['TEMPLATE', variables({ 'header.filename': 'a.pdf' }), '/content/template/variables'],
  ['TEMPLATE', variables({ 'button.0': 'a', 'button.0.payload': 'b' }), '/content/template/variables'],
])('WhatsApp refuses a %s of %j, naming %s', (messageType, content, pointer) => {
  expect(pointers(messageType, content)).toContain(pointer);
  expect(new Set(pointers(messageType, content))).toEqual(new Set([pointer]));
});

it.each<[MessageType, Content]>([
  ['TEXT', { text: long(4096) }],
  ['TEXT', { text: long(1024), buttons: answers(10) }],
  ['TEXT', { text: 'x', buttons: [{ title: long(20), payload: long(256) }] }],
  ['TEXT', { text: 'x', buttons: [...answers(3), { title: long(24), payload: long(200) }] }],
  ['IMAGE', { media: { url, caption: long(1024) } }],
  ['IMAGE', { media: { url, caption: 'same' }, text: 'same' }],
  ['VIDEO', { media: { url, contentType: 'video/3gpp' } }],
  ['FILE', { media }],
  // The file of such a message is read when it is sent.
  ['FILE', { text: 'Your invoice' }],
  ['FILE', { attachments: [attachment] }],
  ['TEMPLATE', { text: 'rendered by us' }],
  ['TEMPLATE', variables({ 1: 'a', 2: 'b', 'header.document': url, 'header.filename': 'a.pdf', 'button.9': 'x' })],
])('WhatsApp takes a %s of %j', (messageType, content) => {
  expect(pointers(messageType, content)).toEqual([]);
});
