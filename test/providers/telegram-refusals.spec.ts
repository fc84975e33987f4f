import type { Button, Content, MessageType } from '../../src/providers/provider';
import { telegram } from '../../src/providers/telegram';

const media = { url: 'https://files.acme.example/a' };
const location = { latitude: 1, longitude: 2 };
const file = { filename: 'a', contentType: 'text/plain', content: Buffer.from('a') };

function pointers(messageType: MessageType, content: Content): string[] | undefined {
  return telegram.refuse?.({ channelType: 'TELEGRAM', messageType, to: '1', content }).map(({ pointer }) => pointer);
}

it.each<[MessageType, Content, string]>([
  ['TEXT', {}, '/content/text'],
  ['TEXT', { text: ' \n' }, '/content/text'],
  ['TEXT', { text: 'x'.repeat(4097) }, '/content/text'],
  ['TEXT', { text: '📦'.repeat(4097) }, '/content/text'],
  ['TEXT', { text: 'x', media }, '/content/media'],
  ['TEXT', { text: 'x', location }, '/content/location'],
  ['TEXT', { text: 'x', attachments: [file, file] }, '/attachments'],
  ['TEXT', { text: 'x'.repeat(1025), attachments: [file] }, '/content/text'],
  ['TEMPLATE', { text: 'x' }, '/messageType'],
  ['HTML', { text: 'x' }, '/content/html'],
  ['HTML', { html: '<img src=x><script>x</script>' }, '/content/html'],
  ['HTML', { html: `<b>${'x'.repeat(4097)}</b>` }, '/content/html'],
  ['IMAGE', {}, '/content/media'],
  ['IMAGE', { media: { ...media, caption: 'x'.repeat(1025) } }, '/content/media/caption'],
  ['IMAGE', { media, text: 'x'.repeat(1025) }, '/content/text'],
  ['IMAGE', { media, html: `<i>${'x'.repeat(1025)}</i>` }, '/content/html'],
  ['IMAGE', { media: { ...media, caption: 'x' }, text: 'y' }, '/content/text'],
  ['IMAGE', { media: { ...media, caption: 'x' }, html: '<b>x</b>' }, '/content/html'],
  ['IMAGE', { media, attachments: [file] }, '/attachments'],
  ['IMAGE', { media: { url: 'ftp://files.acme.example/a' } }, '/content/media/url'],
  ['IMAGE', { media: { ...media, contentType: 'video/mp4' } }, '/content/media/contentType'],
  ['VIDEO', { media: { ...media, contentType: 'image/png' } }, '/content/media/contentType'],
  ['AUDIO', { media: { ...media, contentType: 'video/mp4' } }, '/content/media/contentType'],
  ['FILE', { media: { ...media, contentType: 'text/csv' } }, '/content/media/contentType'],
  ['LOCATION', {}, '/content/location'],
  ['LOCATION', { location: { latitude: 91, longitude: 2 } }, '/content/location/latitude'],
  ['LOCATION', { location, text: 'x' }, '/content/text'],
  ['LOCATION', { location, html: 'x' }, '/content/html'],
  ['LOCATION', { location, attachments: [file] }, '/attachments'],
])('Telegram refuses a %s of %j, naming %s', (messageType, content, pointer) => {
  expect(pointers(messageType, content)).toEqual([pointer]);
});

it.each<[Button, string]>([
  [{ title: ' ', payload: 'x' }, 'title'],
  [{ title: 'x', payload: '' }, 'payload'],
  [{ title: 'x', payload: 'x'.repeat(65) }, 'payload'],
  [{ title: 'x', payload: 'ä'.repeat(33) }, 'payload'],
  [{ title: 'ä'.repeat(33) }, 'payload'],
  [{ title: 'x', payload: 'x', url: 'https://acme.example' }, 'payload'],
  [{ title: 'x', url: 'javascript:alert(1)' }, 'url'],
  [{ title: 'x', url: '/orders' }, 'url'],
])('Telegram refuses a button %j, naming its %s', (button, part) => {
  const buttons = [{ title: 'Good', payload: 'good' }, button];
  expect(pointers('TEXT', { text: 'x', buttons })).toEqual([`/content/buttons/1/${part}`]);
});

it('Telegram refuses an upload that is too large', () => {
  const upload = (bytes: number) => pointers('FILE', { attachments: [{ ...file, content: Buffer.alloc(bytes) }] });
  expect(upload(50_000_000)).toEqual([]);
  expect(upload(50_000_001)).toEqual(['/attachments']);
});

it('Telegram refuses more buttons than it shows', () => {
  const buttons = Array.from({ length: 101 }, (_, index) => ({ title: `${index}` }));
  expect(pointers('TEXT', { text: 'x', buttons })).toEqual(['/content/buttons']);
  expect(pointers('TEXT', { text: 'x', buttons: buttons.slice(1) })).toEqual([]);
});

it.each<[string, MessageType, Content]>([
  ['4096 characters', 'TEXT', { text: 'x'.repeat(4096) }],
  ['4096 characters of two UTF-16 units each', 'TEXT', { text: '📦'.repeat(4096) }],
  ['4096 characters and what Telegram trims', 'TEXT', { text: ` ${'x'.repeat(4096)}\n` }],
  ['markup beyond the limit around a short text', 'HTML', { html: '<b>x</b>&amp;'.repeat(2000) }],
  ['a caption of 1024', 'IMAGE', { media: { ...media, caption: 'x'.repeat(1024) } }],
  ['the caption as text once more', 'IMAGE', { media: { ...media, caption: 'x' }, text: 'x' }],
  ['a text beside its HTML', 'HTML', { html: '<b>x</b>', text: 'x'.repeat(5000) }],
  ['a subject, which is of no use here', 'TEXT', { text: 'x', subject: 's' }],
  ['a file that is still to come', 'FILE', {}],
  ['an upload of any type', 'FILE', { attachments: [file] }],
  ['media of an unknown type', 'FILE', { media }],
  ['a PDF by address', 'FILE', { media: { ...media, contentType: 'application/pdf' } }],
  ['a voice message', 'AUDIO', { media: { ...media, contentType: 'audio/ogg' } }],
  ['a button of 64 bytes', 'TEXT', { text: 'x', buttons: [{ title: 'x', payload: 'ä'.repeat(32) }] }],
  ['a button to a chat', 'TEXT', { text: 'x', buttons: [{ title: 'x', url: 'tg://resolve?domain=acme_bot' }] }],
])('Telegram takes %s', (_case, messageType, content) => {
  expect(pointers(messageType, content)).toEqual([]);
});
