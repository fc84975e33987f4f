import type { Account, OutboundMessage } from '../../src/providers/provider';
import { headerNames, messageOf, openMailChannel, PLAIN, type MailChannel } from './smtp-channel';

let channel: MailChannel;
beforeAll(async () => {
  channel = await openMailChannel();
});
afterAll(() => channel.close());

/** Each tries to begin a header, a recipient or a body of its own. */
const BREAKS: readonly [name: string, text: string][] = [
  ['CRLF', '\r\n'],
  ['LF', '\n'],
  ['CR', '\r'],
  ['CRLF twice', '\r\n\r\n'],
  ['CR CR LF', '\r\r\n'],
  ['NUL', '\0'],
  ['NUL and LF', '\0\n'],
  ['vertical tab', '\v'],
  ['form feed', '\f'],
  ['next line', '\u0085'],
  ['line separator', '\u2028'],
  ['paragraph separator', '\u2029'],
  ['a fold', '\r\n '],
  ['a fold by tab', '\n\t'],
  ['a fold and CRLF', '\r\n \r\n'],
  ['an encoded word', '=?utf-8?Q?=0D=0A?='],
  ['an encoded word in base64', '=?utf-8?B?DQo=?='],
  ['an open encoded word', '=?utf-8?Q?'],
  ['per cent escapes', '%0D%0A'],
  ['characters that end in CR LF', '\u560d\u560a'],
  ['a quote', '"'],
  ['a quote and CRLF', '"\r\n'],
  ['a closing bracket', '>, '],
  ['a comma', ', '],
  ['a semicolon', '; '],
  ['a comment', '(\r\n'],
  ['a long line', 'x'.repeat(2_000)],
  ['a lone surrogate', '\ud800\n'],
];

type Place = (text: string) => { message?: OutboundMessage; account?: Partial<Account> };
const file = { filename: 'a.txt', contentType: 'text/plain', content: Buffer.from('a') };
const PLACES: Readonly<Record<string, Place>> = {
  'the subject': (text) => ({ message: messageOf({ subject: text }) }),
  'the recipient': (text) => ({ message: messageOf({}, { to: text }) }),
  'the recipient’s domain': (text) => ({ message: messageOf({}, { to: `ada@example.com${text}` }) }),
  'the sender': (text) => ({ account: { from: text } }),
  'the sender’s name': (text) => ({ account: { settings: { fromName: text } } }),
  'the reply address': (text) => ({ account: { settings: { replyTo: text } } }),
  'the return path': (text) => ({ account: { settings: { returnPathDomain: text } } }),
  'the value of a header': (text) => ({ message: messageOf({ headers: { 'X-Note': text } }) }),
  'the unsubscribe address': (text) => ({
    message: messageOf({ headers: { 'List-Unsubscribe': `<https://u.example/${text}>` } }),
  }),
  'the name of a header': (text) => ({ message: messageOf({ headers: { [`X-Note${text}`]: 'x' } }) }),
  'a file name': (text) => ({ message: messageOf({ attachments: [{ ...file, filename: text }] }) }),
  'a content type': (text) => ({
    message: messageOf({ attachments: [{ ...file, contentType: `text/plain${text}` }] }),
  }),
  'a content id': (text) => ({ message: messageOf({ html: '<p>', attachments: [{ ...file, contentId: text }] }) }),
};

const ALLOWED_BY_PLACE: Readonly<Record<string, string[]>> = {
  'the reply address': ['reply-to'],
  'the value of a header': ['x-note'],
  'the unsubscribe address': ['list-unsubscribe', 'list-unsubscribe-post'],
};

describe.each(Object.entries(PLACES))('nothing that stands in %s', (place, at) => {
  it.each(BREAKS)('adds a header or a recipient after %s', async (_name, lineBreak) => {
    const { message = messageOf({}), account: changes } = at(`a${lineBreak}Bcc: eve@evil.example${lineBreak}X-Evil: 1`);
    const result = await channel.send(message, changes);
    const arrived = await channel.arrived();
    if (result.outcome !== 'ACCEPTED') {
      expect(result).toMatchObject({ outcome: 'REJECTED_PERMANENT', fault: { code: 'refused_here' } });
      expect(arrived).toEqual([]);
      return;
    }
    const [received] = arrived;
    const names = headerNames(received!);
    const allowed = [...PLAIN, ...(ALLOWED_BY_PLACE[place] ?? [])];
    expect(names.filter((name) => !allowed.includes(name))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(received?.raw).not.toMatch(/^(bcc|x-evil)\s*:/im);
    expect(received?.envelope).toEqual({ from: 'news@acme.example', to: ['ada@example.com'] });
    expect(received?.mail.to).toMatchObject({ value: [{ address: 'ada@example.com' }] });
    expect(received?.mail.from?.value.map(({ address }) => address)).toEqual(['news@acme.example']);
    expect(received?.mail.text?.trim()).toBe('Hello Ada');
  });
});
