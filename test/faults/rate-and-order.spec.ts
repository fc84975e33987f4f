import { judge } from '../oracle/oracle';
import { Chance } from './chance';
import { printScore, size } from './scoreboard';
import { Stage } from './stage';
import type { StubCall } from './stub-provider';

const WINDOW_MS = 10_000;

describe('two workers on one SMS channel', () => {
  const chance = new Chance();
  let stage: Stage;

  afterEach(() => stage.close());

  it('keep its rate together in every window of ten seconds', async () => {
    const rate = 5;
    const messages = size({ short: 90, full: 200 });
    stage = await Stage.open({ provider: 'twilio', rate, delayMs: () => chance.between(5, 20) });
    await stage.send(messages, { body: (reference) => toConversation(Number(reference.slice(1))) });
    await Promise.all([stage.start('worker'), stage.start('worker')]);
    await stage.settled();

    const { violations, ...score } = judge(await stage.evidence());
    const most = mostInWindow(stage.provider.calls);
    const [first, last] = [stage.provider.calls[0]?.at ?? 0, stage.provider.calls.at(-1)?.at ?? 0];
    const reached = Number(((messages - 1) / ((last - first) / 1000)).toFixed(2));
    printScore('rate limit', { seed: chance.seed, rate, most_in_10s: most, reached_per_s: reached, ...score });
    expect(violations).toEqual([]);
    expect(most).toBeLessThanOrEqual(Math.floor(rate * 10 * 1.02) + 1);
    expect(score).toMatchObject({ lost: 0, unknown: 0, dupCalls: 0 });
  });

  it('keep the order of every conversation while the provider throttles', async () => {
    const [messages, conversations] = size({ short: [240, 24], full: [1_000, 100] });
    stage = await Stage.open({
      provider: 'twilio',
      delayMs: () => chance.between(5, 20),
      throttles: () => chance.happens(0.05),
    });
    const workers = [stage.start('worker'), stage.start('worker')];
    const body = (reference: string) => toConversation(Number(reference.slice(1)) % conversations);
    await stage.send(messages, { atOnce: 1, body });
    await Promise.all(workers);
    await stage.settled();

    const { violations, ...score } = judge(await stage.evidence());
    const throttled = stage.provider.calls.filter(({ taken }) => !taken).length;
    const inversions = countInversions(stage.provider.calls);
    printScore('order', { seed: chance.seed, conversations, throttled, inversions, ...score });
    expect(violations).toEqual([]);
    expect(throttled).toBeGreaterThan(0);
    expect(inversions).toBe(0);
    expect(score).toMatchObject({ lost: 0, unknown: 0, dupCalls: 0 });
  });
});

function toConversation(number: number): object {
  return { to: `+1415555${String(1000 + number).padStart(4, '0')}` };
}

/** Most calls in any window; a window that holds the most begins with a call. */
function mostInWindow(calls: readonly StubCall[]): number {
  return Math.max(
    ...calls.map((first) => calls.filter(({ at }) => at >= first.at && at < first.at + WINDOW_MS).length),
  );
}

/** Calls for a message that came before an earlier message of the same number was taken, or again after a later one. */
function countInversions(calls: readonly StubCall[]): number {
  let inversions = 0;
  for (const conversation of Map.groupBy(calls, ({ to }) => to).values()) {
    let open: string | undefined; // called, not taken yet
    let highest = 0;
    for (const { text, taken } of conversation) {
      const number = Number(/m(\d+)$/.exec(text)?.[1]);
      if (number < highest || (open !== undefined && open !== text)) inversions++;
      highest = Math.max(highest, number);
      open = taken ? undefined : text;
    }
  }
  return inversions;
}
