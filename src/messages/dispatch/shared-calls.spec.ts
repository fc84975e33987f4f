import type { OutboundMessage } from '../../providers/provider';
import { findProvider } from '../../providers/registry';
import type { ClaimedMessage } from './claim.queries';
import { arrange, type Ready } from './shared-calls';

const batch = findProvider('sendgrid')?.batch;
if (!batch) throw new Error('SendGrid takes batches.');

function ready(n: number, changes: Partial<ClaimedMessage> = {}, outbound: Partial<OutboundMessage> = {}): Ready {
  const message = {
    id: `m${n}`,
    purpose: 'MARKETING',
    campaignId: null,
    templateId: null,
    failures: 0,
    ...changes,
  } as ClaimedMessage;
  return {
    held: { message, claimedAt: 0, dispatched: false },
    outbound: {
      messageId: `m${n}`,
      ref: `m${n}.1`,
      channelType: 'EMAIL',
      messageType: 'TEXT',
      to: `person-${n}@example.com`,
      content: { subject: 'News', text: `Dear person ${n}` },
      purpose: message.purpose,
      ...outbound,
    },
  };
}

const many = (count: number, changes?: (n: number) => Partial<ClaimedMessage>) =>
  Array.from({ length: count }, (_, n) => ready(n, changes?.(n)));
const sizes = (all: readonly Ready[], size = 500) => arrange(all, batch, size).together.map(({ length }) => length);

describe('which messages share a call', () => {
  it('are as many as fit into one, each in one call only', () => {
    const all = many(1_050);
    const { together, alone } = arrange(all, batch, 500);
    expect(together.map(({ length }) => length)).toEqual([500, 500, 50]);
    expect(new Set(together.flat()).size).toBe(1_050);
    expect(alone).toEqual([]);
  });

  it.each<[string, (n: number) => Partial<ClaimedMessage>]>([
    ['of one purpose', (n) => ({ purpose: n % 2 ? 'MARKETING' : 'TRANSACTIONAL' })],
    ['of one campaign', (n) => ({ campaignId: `campaign ${n % 2}` })],
    ['of one template', (n) => ({ templateId: `template ${n % 2}` })],
  ])('are %s', (_what, changes) => {
    expect(sizes(many(20, changes))).toEqual([10, 10]);
  });

  it('are to different addresses', () => {
    const [to, alike] = ['ada@example.com', 'ADA@example.com'];
    const { together, alone } = arrange([ready(1, {}, { to }), ready(2), ready(3, {}, { to: alike })], batch, 500);
    expect(together.map((call) => call.map(({ held }) => held.message.id))).toEqual([['m1', 'm2']]);
    expect(alone.map(({ message }) => message.id)).toEqual(['m3']);
  });

  it('are fewer the more often they failed, until each is alone', () => {
    const failed = (failures: number) => sizes(many(500, () => ({ failures })));
    expect([failed(0), failed(1)[0], failed(2)[0], failed(3)]).toEqual([[500], 62, 7, []]);
    expect(
      arrange(
        many(500, () => ({ failures: 12 })),
        batch,
        500,
      ).alone,
    ).toHaveLength(500);
  });
});
