import type { ChannelHealth } from './breaker.queries';
import { HealthNews, healthOf } from './channel-health';
import type { Settlement } from './settle.queries';

const worked: ChannelHealth = {
  tenantId: 't',
  channelId: 'c',
  calls: 3,
  faults: 0,
  faultsInARow: 0,
  worked: true,
  accountFault: null,
  pauseMs: null,
};
const failed = { ...worked, faults: 1, faultsInARow: 1, worked: false };
const throttled = { ...worked, pauseMs: 2_000 };

describe('what results say of a channel', () => {
  it.each<[string, Partial<Settlement>, Partial<ChannelHealth>]>([
    ['a refusal of the message', { outcome: 'REJECTED_PERMANENT' }, { faults: 0, worked: true }],
    [
      'a refusal of many messages at once',
      { outcome: 'REJECTED_RETRY', fault: { class: 'transient', code: 'batch_refused', message: 'x' } },
      { faults: 0, worked: true },
    ],
    [
      'an answer of the server that is none',
      { outcome: 'REJECTED_RETRY', fault: { class: 'transient', code: 'http_503', message: 'x' } },
      { faults: 1, worked: false },
    ],
  ])('%s', (_what, result, says) => {
    const settlement = { tenantId: 't', channelId: 'c', waitMs: null, fault: null, ...result } as Settlement;
    expect(healthOf([settlement])).toMatchObject([says]);
  });
});

describe('what the breakers are told', () => {
  it('is told of a channel that nothing is known of', () => {
    expect(new HealthNews().of([worked])).toEqual([worked]);
  });

  it('is not told again that a channel works which was well a moment ago', () => {
    const news = new HealthNews();
    news.told([worked], []);
    expect(news.of([worked, { ...worked, channelId: 'other' }])).toEqual([{ ...worked, channelId: 'other' }]);
  });

  it('is told at once of faults and of pauses, however well the channel was', () => {
    const news = new HealthNews();
    news.told([worked], []);
    expect(news.of([failed])).toEqual([failed]);
    expect(news.of([throttled])).toEqual([throttled]);
  });

  it('is told of every call while the channel is not in perfect health', () => {
    const news = new HealthNews();
    news.told([worked], []);
    news.told([failed], [failed]);
    expect(news.of([worked])).toEqual([worked]);
  });

  it('is told again when a second has passed', () => {
    jest.useFakeTimers();
    try {
      const news = new HealthNews();
      news.told([worked], []);
      jest.advanceTimersByTime(1_001);
      expect(news.of([worked])).toEqual([worked]);
    } finally {
      jest.useRealTimers();
    }
  });
});
