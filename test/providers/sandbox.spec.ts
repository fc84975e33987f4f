import { CHANNEL_TYPES, MESSAGE_TYPES, type ChannelType, type OutboundMessage } from '../../src/providers/provider';
import { refusalsOf } from '../../src/providers/registry';
import { sandbox } from '../../src/providers/sandbox';
import { accountOf } from './accounts';
import { recorder } from './recorder';

const NOW = new Date('2026-11-21T10:00:00Z');
const ID = '0197a000-0000-7000-8000-000000000001';

afterEach(() => jest.useRealTimers());

async function sendTo(channelType: ChannelType, to: string, attempt = 1) {
  const { io, recorded } = recorder(NOW, () => {
    throw new Error('The sandbox calls nobody.');
  });
  const message: OutboundMessage = {
    messageId: ID,
    ref: `${ID}.${attempt}`,
    channelType,
    messageType: 'TEXT',
    to,
    content: { subject: 'Hi', text: 'Hi' },
    purpose: 'TRANSACTIONAL',
  };
  const result = await sandbox.send(message, accountOf('sandbox', channelType), io);
  const events = recorded.emitted.flatMap(({ body }) => body['events'] as { type: string }[]);
  return {
    result,
    delivered: recorded.delivered.length,
    echoes: events.map(({ type }) => type),
    events,
  };
}

const ACCEPTED = { outcome: 'ACCEPTED', providerMessageId: `sandbox-${ID}.1` };

describe.each<[string, string, object, number, string[]]>([
  ['fail-permanent', '0001', { outcome: 'REJECTED_PERMANENT', fault: { class: 'unreachable' } }, 0, []],
  ['bounce', '0002', ACCEPTED, 1, ['bounced']],
  ['retry', '0003', { outcome: 'REJECTED_RETRY', fault: { class: 'transient' }, retryAfterMs: 200 }, 0, []],
  ['unknown', '0005', { outcome: 'IN_DOUBT', fault: { class: 'ambiguous', code: 'timeout' } }, 1, ['delivered']],
  ['complain', '0006', ACCEPTED, 1, ['delivered', 'complained']],
  ['reply', '0007', ACCEPTED, 1, ['delivered', 'reply']],
  ['read', '0008', ACCEPTED, 1, ['delivered', 'read']],
])('the magic recipient %s or …%s', (name, digits, expected, delivered, echoes) => {
  it.each<[ChannelType, string]>([
    ['EMAIL', `ada+${name}@example.com`],
    ['SMS', `+1415555${digits}`],
    ['WHATSAPP', `+491701${digits}`],
    ['TELEGRAM', `700000${digits}`],
  ])('is treated so on %s', async (channelType, to) => {
    const outcome = await sendTo(channelType, to);
    expect(outcome.result).toMatchObject(expected);
    expect(outcome).toMatchObject({ delivered, echoes });
  });
});

describe('the sandbox', () => {
  it('refuses a retry recipient twice and then accepts', async () => {
    const outcomes = await Promise.all(
      [1, 2, 3, 4].map((attempt) => sendTo('EMAIL', 'ada+retry@example.com', attempt)),
    );
    expect(outcomes.map(({ result }) => result.outcome)).toEqual([
      'REJECTED_RETRY',
      'REJECTED_RETRY',
      'ACCEPTED',
      'ACCEPTED',
    ]);
    expect(outcomes.map(({ delivered }) => delivered)).toEqual([0, 0, 1, 1]);
  });

  it('takes five seconds for a slow recipient', async () => {
    jest.useFakeTimers();
    const before = Date.now();
    const sending = sendTo('SMS', '+14155550004');
    await jest.advanceTimersByTimeAsync(4_999);
    let done = false;
    void sending.then(() => (done = true));
    await Promise.resolve();
    expect(done).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect((await sending).result.outcome).toBe('ACCEPTED');
    expect(Date.now() - before).toBe(5_000);
  });

  it.each<[ChannelType, string]>([
    ['EMAIL', 'bounce@example.com'],
    ['EMAIL', 'ada+bounced@example.com'],
    ['EMAIL', 'ada@bounce+retry.example'],
    ['EMAIL', 'number0002@example.com'],
    ['SMS', '+14155550009'],
    ['SMS', '+14155550000'],
  ])('simply delivers on %s to %s', async (channelType, to) => {
    const { result, echoes } = await sendTo(channelType, to);
    expect(result).toMatchObject(ACCEPTED);
    expect(echoes).toEqual(['delivered']);
  });

  it('asks a price for every part of an SMS and for nothing else', async () => {
    expect((await sendTo('SMS', '+14155552671')).result).toEqual({
      ...ACCEPTED,
      parts: 1,
      cost: { amount: '0.0075', currency: 'USD' },
    });
    expect((await sendTo('EMAIL', 'ada@example.com')).result).toEqual(ACCEPTED);
  });

  it('understands every event that it calls back', async () => {
    for (const recipient of ['ada', 'ada+bounce', 'ada+complain', 'ada+reply', 'ada+read', 'ada+unknown']) {
      const { events } = await sendTo('EMAIL', `${recipient}@example.com`);
      const rawBody = Buffer.from(JSON.stringify({ events }));
      const request = {
        method: 'POST' as const,
        url: 'https://x.example',
        headers: {},
        query: {},
        rawBody,
        receivedAt: NOW,
      };
      const kinds = sandbox.webhook?.parse(request, accountOf('sandbox', 'EMAIL')).map(({ kind }) => kind);
      expect(kinds?.length).toBeGreaterThan(0);
      expect(kinds).not.toContain('unknown');
    }
  });

  it('takes every message type on every channel type', () => {
    const content = {
      TEXT: { text: 'x' },
      HTML: { html: 'x' },
      LOCATION: { location: { latitude: 1, longitude: 2 } },
      TEMPLATE: { template: { name: 'order_ready', language: 'en', variables: {} } },
    };
    for (const channelType of CHANNEL_TYPES) {
      for (const messageType of MESSAGE_TYPES) {
        const media = { media: { url: 'https://files.acme.example/a' } };
        const parts = messageType in content ? content[messageType as keyof typeof content] : media;
        expect(refusalsOf(sandbox, { channelType, messageType, to: 'x', content: parts })).toEqual([]);
      }
    }
  });
});
