import { mailgun } from '../../src/providers/mailgun';
import type { Content, MessageType } from '../../src/providers/provider';

describe('Mailgun refuses before anything is queued', () => {
  const file = (bytes: number) => ({ filename: 'a', contentType: 'text/plain', content: Buffer.alloc(bytes) });
  const base = { subject: 's', text: 'x' };
  const template = { name: 'order-ready', language: 'en', variables: {} };
  const pointers = (messageType: MessageType, content: Content) =>
    mailgun.refuse?.({ channelType: 'EMAIL', messageType, to: 'x', content }).map(({ pointer }) => pointer);

  it.each<[string, MessageType, Content, string]>([
    ['no text', 'TEXT', { subject: 's' }, '/content/text'],
    ['no HTML', 'HTML', base, '/content/html'],
    ['no subject', 'TEXT', { text: 'x' }, '/content/subject'],
    ['no template', 'TEMPLATE', { subject: 's' }, '/content/template'],
    ['a template and HTML', 'TEMPLATE', { subject: 's', template, html: 'x' }, '/content/html'],
    ['a bad name', 'TEMPLATE', { subject: 's', template: { ...template, name: 'a b' } }, '/content/template/name'],
    ['a location', 'LOCATION', { ...base, location: { latitude: 1, longitude: 2 } }, '/messageType'],
    ['buttons', 'TEXT', { ...base, buttons: [{ title: 'Yes' }] }, '/content/buttons'],
    ['media without an address', 'IMAGE', { subject: 's', media: { url: '/a.jpg' } }, '/content/media/url'],
    ['a header of ours', 'TEXT', { ...base, headers: { 'Message-ID': '<a@b>' } }, '/content/headers/Message-ID'],
    ['a recipient as a header', 'TEXT', { ...base, headers: { BCC: 'a@b' } }, '/content/headers/BCC'],
    ['an option as a header', 'TEXT', { ...base, headers: { 'X-Mailgun-Tag': 'a' } }, '/content/headers/X-Mailgun-Tag'],
    ['a line break in a header', 'TEXT', { ...base, headers: { 'X-A': 'a\nb' } }, '/content/headers/X-A'],
    ['a bad name of a header', 'TEXT', { ...base, headers: { 'X A/B': 'a' } }, '/content/headers/X A~1B'],
    ['headers over 16 KB', 'TEXT', { ...base, headers: { 'X-A': 'ü'.repeat(7_000) } }, '/content/headers'],
    [
      'variables over 16 KB',
      'TEMPLATE',
      { subject: 's', template: { ...template, variables: { a: 'x'.repeat(14_000) } } },
      '/content/template/variables',
    ],
    ['files over 18 MB', 'TEXT', { ...base, attachments: [file(9_000_001), file(9_000_000)] }, '/attachments'],
    ['25 MB of text', 'TEXT', { subject: 's', text: 'x'.repeat(25_000_001) }, '/content/text'],
    ['25 MB of HTML', 'HTML', { subject: 's', html: 'ü'.repeat(12_500_001) }, '/content/html'],
    [
      '25 MB of HTML and files',
      'HTML',
      { subject: 's', html: 'x'.repeat(1_000_000), attachments: [file(17_600_000)] },
      '/content/html',
    ],
  ])('%s', (_case, messageType, content, pointer) => {
    expect(pointers(messageType, content)).toEqual([pointer]);
  });

  it.each(['"a,b"@example.com', 'a@example.com, b@example.com', 'Ann <a@example.com>'])('the recipient %s', (to) => {
    const message = { channelType: 'EMAIL' as const, messageType: 'TEXT' as const, to, content: base };
    expect(mailgun.refuse?.(message).map(({ pointer }) => pointer)).toEqual(['/to']);
  });

  it.each<[string, MessageType, Content]>([
    ['a template with a subject of its own', 'TEMPLATE', { template }],
    ['a template that we rendered', 'TEMPLATE', { subject: 's', html: '<b>x</b>' }],
    ['a Reply-To of the message', 'TEXT', { ...base, headers: { 'Reply-To': 'a@b.co' } }],
    ['18 MB of files', 'TEXT', { ...base, attachments: [file(18_000_000)] }],
    ['25 MB of text', 'TEXT', { subject: 's', text: 'x'.repeat(25_000_000) }],
    ['14 kB of headers', 'TEXT', { ...base, headers: { 'X-A': 'x'.repeat(13_997) } }],
  ])('but not %s', (_case, messageType, content) => {
    expect(pointers(messageType, content)).toEqual([]);
  });
});
