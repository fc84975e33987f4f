import type { FoundQueue } from './claim.queries';
import { ParcelQueues } from './parcel-queues';

const queue = (channelId: string, more: Partial<FoundQueue> = {}): FoundQueue => ({
  tenantId: 't',
  channelId,
  providerType: 'sendgrid',
  due: true,
  ...more,
});

describe('queues that are claimed by parcels', () => {
  it.each([
    ['sendgrid', 500, true],
    ['mailgun', 2, true],
    ['aws-ses', 500, true],
    ['sendgrid', 1, false],
    ['twilio', 500, false],
    ['no such provider', 500, false],
  ])('%s with calls of up to %d: %s', (providerType, size, takes) => {
    expect(new ParcelQueues(size).takes(queue('a', { providerType }))).toBe(takes);
  });

  it('come in turns, and only where something is due', () => {
    const queues = new ParcelQueues(500);
    const all = [queue('a'), queue('b', { due: false }), queue('c'), queue('d')];
    const order = () => queues.inTurn(all).map(({ channelId }) => channelId);
    expect(order()).toEqual(['a', 'c', 'd']);
    queues.served(queue('a'));
    expect(order()).toEqual(['c', 'd', 'a']);
    queues.served(queue('d'));
    expect(order()).toEqual(['a', 'c', 'd']);
  });

  it('are served one by one for a while when their messages do not fit each other', () => {
    const queues = new ParcelQueues(500);
    queues.learn(queue('a'), { messages: 100, calls: 80 });
    queues.learn(queue('b'), { messages: 100, calls: 50 });
    queues.learn(queue('c'), { messages: 3, calls: 3 }); // too few to tell
    expect(['a', 'b', 'c'].map((channelId) => queues.takes(queue(channelId)))).toEqual([false, true, true]);
  });
});
