import type { Account, OutboundMessage } from '../../src/providers/provider';
import { NOW } from './answers';
import { headerNames, messageOf, openMailChannel, PLAIN, REF, type Arrived, type MailChannel } from './smtp-channel';
import { LOGIN } from './smtp-servers';

let channel: MailChannel;
beforeAll(async () => {
  channel = await openMailChannel();
});
afterAll(() => channel.close());

async function receive(message: OutboundMessage, changes?: Partial<Account>): Promise<Arrived> {
  const result = await channel.send(message, changes);
  expect(result).toEqual({ outcome: 'ACCEPTED', providerMessageId: `${REF}@acme.example` });
  const arrived = await channel.arrived();
  expect(arrived).toHaveLength(1);
  return arrived[0]!;
}

describe('a mail as an independent parser reads it', () => {
  it('has the headers of a plain one and no other', async () => {
    const received = await receive(messageOf({ subject: 'Grüße 🎉', text: 'Hallo\n.\n..Ada\n' }));
    expect(headerNames(received)).toEqual(PLAIN);
    const { mail, envelope, user } = received;
    expect(mail.from).toMatchObject({ value: [{ name: 'Acme', address: 'news@acme.example' }] });
    expect(mail.to).toMatchObject({ value: [{ name: '', address: 'ada@example.com' }] });
    expect([mail.subject, mail.messageId, mail.date]).toEqual(['Grüße 🎉', `<${REF}@acme.example>`, NOW]);
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(mail.text).toBe('Hallo\n.\n..Ada\n');
    expect([mail.html, mail.attachments]).toEqual([false, []]);
    expect([envelope, user]).toEqual([{ from: 'news@acme.example', to: ['ada@example.com'] }, LOGIN.user]);
  });

  it('has text, HTML, an inline image and attachments of any bytes', async () => {
    const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 256));
    const received = await receive(
      messageOf({
        html: '<p>Grüße <img src="cid:logo@acme"></p>',
        attachments: [
          { filename: 'Übersicht "März".pdf', contentType: 'application/pdf', content: bytes },
          { filename: 'logo.png', contentType: 'image/png', content: Buffer.from('png'), contentId: 'logo@acme' },
          {
            filename: 'plan.ics',
            contentType: 'text/calendar; method=REQUEST',
            content: Buffer.from('BEGIN:VCALENDAR'),
          },
          { filename: 'old.eml', contentType: 'message/rfc822', content: Buffer.from('Bcc: x@y.example\r\n\r\nÄ') },
        ],
      }),
    );
    const { mail } = received;
    expect(mail.text).toBe('Hello Ada');
    expect(mail.html).toContain('Grüße');
    const shown = mail.attachments.map(({ filename, contentType, contentDisposition, cid, content }) => ({
      filename,
      contentType,
      contentDisposition,
      cid,
      content,
    }));
    expect(shown).toEqual(
      expect.arrayContaining([
        {
          filename: 'Übersicht "März".pdf',
          contentType: 'application/pdf',
          contentDisposition: 'attachment',
          cid: undefined,
          content: bytes,
        },
        {
          filename: 'logo.png',
          contentType: 'image/png',
          contentDisposition: 'inline',
          cid: 'logo@acme',
          content: Buffer.from('png'),
        },
        {
          filename: 'plan.ics',
          contentType: 'text/calendar',
          contentDisposition: 'attachment',
          cid: undefined,
          content: Buffer.from('BEGIN:VCALENDAR'),
        },
        {
          filename: 'old.eml',
          contentType: 'message/rfc822', // so the parser calls every .eml of no known type
          contentDisposition: 'attachment',
          cid: undefined,
          content: Buffer.from('Bcc: x@y.example\r\n\r\nÄ'),
        },
      ]),
    );
    expect(shown).toHaveLength(4);
    expect(received.raw).toContain('Content-Type: application/octet-stream; name=old.eml\r\n');
    expect(headerNames(received)).toEqual(PLAIN.filter((name) => name !== 'content-transfer-encoding'));
  });

  it('has the headers of a one-click unsubscribe, and none of an automatic mail', async () => {
    const headers = { 'List-Unsubscribe': '<https://u.acme.example/x?y=z>', 'X-Campaign': 'März' };
    const received = await receive(messageOf({ headers }, { purpose: 'MARKETING' }));
    const expected = PLAIN.filter((name) => name !== 'auto-submitted');
    expect(headerNames(received)).toEqual(
      [...expected, 'list-unsubscribe', 'list-unsubscribe-post', 'x-campaign'].sort(),
    );
    expect(received.raw).toContain('List-Unsubscribe: <https://u.acme.example/x?y=z>\r\n');
    expect(received.raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
    expect(received.raw).toContain('X-Campaign: =?UTF-8?Q?M=C3=A4rz?=\r\n');
  });

  it.each<[string, Record<string, string>, OutboundMessage['purpose'], string | undefined]>([
    ['of a transaction', {}, 'TRANSACTIONAL', 'auto-generated'],
    ['of a campaign', {}, 'MARKETING', undefined],
    ['that answers a person', { 'in-reply-to': '<q@example.com>' }, 'TRANSACTIONAL', undefined],
    ['that says itself what it is', { 'Auto-Submitted': 'no' }, 'TRANSACTIONAL', 'no'],
  ])('says of a mail %s whether a machine wrote it', async (_name, headers, purpose, expected) => {
    const { mail } = await receive(messageOf({ headers }, { purpose }));
    expect(mail.headers.get('auto-submitted')).toBe(expected);
  });

  it('does not promise one click where only mail unsubscribes', async () => {
    const { mail } = await receive(messageOf({ headers: { 'List-Unsubscribe': '<mailto:u@acme.example>' } }));
    expect(mail.headerLines.map(({ key }) => key)).not.toContain('list-unsubscribe-post');
  });

  it('answers to the reply address and bounces to an address of its attempt', async () => {
    const settings = {
      fromName: 'Grace "G" Hopper, Acme',
      replyTo: 'help@acme.example',
      returnPathDomain: 'b.acme.example',
    };
    const { mail, envelope } = await receive(messageOf({}), { settings });
    expect(mail.from).toMatchObject({ value: [{ name: 'Grace "G" Hopper, Acme', address: 'news@acme.example' }] });
    expect(mail.replyTo).toMatchObject({ value: [{ address: 'help@acme.example' }] });
    expect(envelope).toEqual({ from: `bounce+${REF}@b.acme.example`, to: ['ada@example.com'] });
  });

  it('has no line longer than servers take', async () => {
    const long = 'x'.repeat(5_000);
    const { raw, mail } = await receive(messageOf({ subject: `${long} ü`, text: long, html: `<p>${long}</p>` }));
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
    expect([mail.subject, mail.text]).toEqual([`${long} ü`, long]);
  });
});

it('names and subjects lose their line ends and nothing else', async () => {
  const settings = { fromName: 'Acme\r\nBcc: x@y.example' };
  const { mail } = await receive(messageOf({ subject: 'One\r\nTwo =?utf-8?Q?=0D=0Ax?=' }), { settings });
  expect(mail.subject).toBe('One Two = ?utf-8?Q?=0D=0Ax?=');
  expect(mail.from?.value).toEqual([{ name: 'Acme Bcc: x@y.example', address: 'news@acme.example' }]);
});
