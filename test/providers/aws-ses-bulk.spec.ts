import { BulkEmailStatus } from '@aws-sdk/client-sesv2';
import { createHttpClient } from '../../src/platform/egress/http-client';
import { ENTRY_CLASSES } from '../../src/providers/aws-ses/errors';
import type { HttpResult } from '../../src/providers/http';
import type { OutboundMessage, ProviderIo } from '../../src/providers/provider';
import { findProvider } from '../../src/providers/registry';
import { accountOf } from './accounts';
import { startDescribedServer } from './described-server';
import { recorder } from './recorder';

const NOW = new Date('2026-11-21T10:00:00Z');
const { batch } = findProvider('aws-ses')!;
const message: OutboundMessage = {
  messageId: '0197a000-0000-7000-8000-000000000009',
  ref: '0197a000-0000-7000-8000-000000000009.1',
  channelType: 'EMAIL',
  messageType: 'TEXT',
  to: 'ada@example.com',
  content: { subject: 'Hello', text: 'Hello Ada' },
  purpose: 'TRANSACTIONAL',
};

function answering(status: number, body: string) {
  return recorder(NOW, (): HttpResult => ({ kind: 'RESPONSE', status, headers: {}, body: Buffer.from(body) }));
}

describe('SendBulkEmail', () => {
  const template = { name: 'Order_ready', language: 'en', variables: {} };
  const mails = ['Ada', 'Bob', 'Cy'].map((name, index): OutboundMessage => ({
    ...message,
    messageId: `0197a000-0000-7000-8000-00000000000${index}`,
    ref: `0197a000-0000-7000-8000-00000000000${index}.1`,
    messageType: 'TEMPLATE',
    to: `${name.toLowerCase()}@example.com`,
    content: {
      template: { ...template, variables: { name } },
      headers: { 'List-Unsubscribe': `<https://u.acme.example/${index}>` },
    },
  }));
  const [ada, bob] = mails as [OutboundMessage, OutboundMessage];

  it('is for one template, without files', () => {
    const file = { filename: 'a.txt', contentType: 'text/plain', content: Buffer.from('a') };
    expect(batch?.max).toBe(50);
    const group = batch?.groupOf(ada);
    expect(group).toBeDefined();
    expect(batch?.groupOf(bob)).toBe(group);
    expect(batch?.groupOf({ ...bob, content: { template: { ...template, name: 'Other' } } })).not.toBe(group);
    expect(batch?.groupOf({ ...bob, content: { ...bob.content, attachments: [file] } })).toBeUndefined();
    expect(batch?.groupOf({ ...message, to: 'bob@example.com' })).toBeUndefined();
  });

  it('gives each person a mail of their own, as the reference describes it', async () => {
    const client = createHttpClient();
    const server = await startDescribedServer({ description: 'aws-ses' });
    const io: ProviderIo = { now: () => NOW, http: (request) => client.http(request) };
    const results = await batch!.send(mails, accountOf('aws-ses', 'EMAIL', server.url), io);
    const [entry, ...others] = server.ledger;
    await server.close();
    await client.close();

    expect([entry?.path, entry?.violations, others]).toEqual(['/v2/email/outbound-bulk-emails', [], []]);
    expect(results).toEqual(
      [0, 1, 2].map((n) => ({ outcome: 'ACCEPTED', providerMessageId: `${entry?.messageId}-${n}` })),
    );
    expect(entry?.body).toMatchObject({
      FromEmailAddress: '"Acme" <news@acme.example>',
      ConfigurationSetName: 'carillon',
      DefaultContent: { Template: { TemplateName: 'Order_ready', TemplateData: '{}' } },
    });
    expect((entry!.body['BulkEmailEntries'] as object[])[1]).toEqual({
      Destination: { ToAddresses: ['bob@example.com'] },
      ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData: '{"name":"Bob"}' } },
      ReplacementHeaders: [
        { Name: 'X-Carillon-Ref', Value: bob.ref },
        { Name: 'List-Unsubscribe', Value: '<https://u.acme.example/1>' },
      ],
      ReplacementTags: [{ Name: 'carillon_ref', Value: bob.ref.replace('.', '_') }],
    });
  });

  const bulk = (entries: object[]) =>
    batch!.send(
      mails,
      accountOf('aws-ses', 'EMAIL'),
      answering(200, JSON.stringify({ BulkEmailEntryResults: entries })).io,
    );

  it('tells the fate of each', async () => {
    const results = await bulk([
      { Status: 'INVALID_PARAMETER', Error: 'Bad address ada@example.com' },
      { Status: 'SUCCESS', MessageId: 'm-2' },
      { Status: 'ACCOUNT_THROTTLED' },
    ]);
    expect(results).toEqual([
      {
        outcome: 'REJECTED_PERMANENT',
        fault: { class: 'config', code: 'INVALID_PARAMETER', message: 'Bad address [address]' },
      },
      { outcome: 'ACCEPTED', providerMessageId: 'm-2' },
      {
        outcome: 'THROTTLED',
        fault: { class: 'throttled', code: 'ACCOUNT_THROTTLED', message: 'SES says ACCOUNT_THROTTLED.' },
      },
    ]);
  });

  it.each([
    ['words that nobody documents', [{ Status: 'MAYBE' }, { Status: 'SUCCESS' }, {}]],
    ['fewer results than mails', [{ Status: 'SUCCESS', MessageId: 'm-1' }]],
    ['no results', []],
  ])('is in doubt about %s', async (_case, entries) => {
    expect((await bulk(entries)).map(({ outcome }) => outcome)).toEqual(['IN_DOUBT', 'IN_DOUBT', 'IN_DOUBT']);
  });

  it('refused as a whole is refused for each', async () => {
    const { io, recorded } = answering(
      404,
      JSON.stringify({ __type: 'NotFoundException', message: 'Template Order_ready does not exist.' }),
    );
    const results = await batch!.send(mails, accountOf('aws-ses', 'EMAIL'), io);
    expect(results.map((result) => 'fault' in result && result.fault.class)).toEqual(mails.map(() => 'template'));
    expect(recorded.http).toHaveLength(1);
  });

  it('knows every status that the SDK names, but for success', () => {
    expect(Object.keys(ENTRY_CLASSES).sort()).toEqual(
      Object.keys(BulkEmailStatus)
        .filter((status) => status !== 'SUCCESS')
        .sort(),
    );
  });
});
