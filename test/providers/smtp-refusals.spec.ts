import type { OutboundMessage } from '../../src/providers/provider';
import { findProvider, refusalsOf } from '../../src/providers/registry';
import { messageOf } from './smtp-channel';

const file = { filename: 'a.txt', contentType: 'text/plain', content: Buffer.from('a') };

describe('before it is queued', () => {
  const pointers = (message: OutboundMessage) =>
    refusalsOf(findProvider('smtp')!, message).map(({ pointer }) => pointer);
  const header = (name: string, value = 'x') => messageOf({ headers: { [name]: value } });

  it.each<[string, OutboundMessage, string]>([
    ['no subject', messageOf({ subject: '' }), '/content/subject'],
    ['no text', messageOf({ text: '' }), '/content/text'],
    ['no HTML', messageOf({ html: '' }), '/content/html'],
    ['a location', messageOf({}, { messageType: 'LOCATION' }), '/messageType'],
    ['a button', messageOf({ buttons: [{ title: 'x' }] }), '/content/buttons'],
    [
      'a template of a provider',
      messageOf({ template: { name: 'x', language: 'en', variables: {} } }, { messageType: 'TEMPLATE' }),
      '/content/template',
    ],
    [
      'media at no address',
      messageOf({ media: { url: 'file:///etc/passwd' } }, { messageType: 'IMAGE' }),
      '/content/media/url',
    ],
    ['two recipients', messageOf({}, { to: 'ada@example.com,eve@example.com' }), '/to'],
    ['a recipient with a name', messageOf({}, { to: 'Ada <ada@example.com>' }), '/to'],
    ['a recipient without a domain', messageOf({}, { to: 'ada' }), '/to'],
    ['From', header('from'), '/content/headers/from'],
    ['Bcc', header('BCC'), '/content/headers/BCC'],
    ['Message-ID', header('Message-Id', '<x@y>'), '/content/headers/Message-Id'],
    ['Return-Path', header('Return-Path'), '/content/headers/Return-Path'],
    ['Content-Type', header('Content-Type'), '/content/headers/Content-Type'],
    ['Resent-To', header('Resent-To'), '/content/headers/Resent-To'],
    ['a header of no name', header(''), '/content/headers/'],
    ['a header with a blank in its name', header('X Y/Z'), '/content/headers/X Y~1Z'],
    ['a header of two lines', header('X-Note', 'a\nb'), '/content/headers/X-Note'],
    ['a content type that is none', messageOf({ attachments: [{ ...file, contentType: 'text' }] }), '/attachments'],
    ['a content id that is none', messageOf({ attachments: [{ ...file, contentId: 'a b' }] }), '/attachments'],
    [
      'files of more than 25 MB',
      messageOf({ attachments: [{ ...file, content: Buffer.alloc(25_000_001) }] }),
      '/attachments',
    ],
  ])('%s is refused by name', (_name, message, pointer) => {
    expect(pointers(message)).toEqual([pointer]);
  });

  it.each<[string, OutboundMessage]>([
    ['files of 25 MB', messageOf({ attachments: [{ ...file, content: Buffer.alloc(25_000_000) }] })],
    ['an address of another alphabet', messageOf({}, { to: 'ада@почта.example' })],
    ['an apostrophe in an address', messageOf({}, { to: "o'brien+news@example.com" })],
    ['a template rendered by us', messageOf({}, { messageType: 'TEMPLATE' })],
    [
      'a content type with parameters',
      messageOf({ attachments: [{ ...file, contentType: 'text/csv; charset="utf-8"; header=present' }] }),
    ],
  ])('%s passes', (_name, message) => {
    expect(pointers(message)).toEqual([]);
  });
});
