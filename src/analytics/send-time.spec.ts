import { bestHour, nextBegin } from './send-time';

const hour = (day: number, ofDay: number): number => (day - 1) * 24 + ofDay;

describe('the best hour of the week', () => {
  it('is none where nothing was done', () => {
    expect(bestHour([])).toBeNull();
    expect(bestHour([{ hour: 3, n: 0 }])).toBeNull();
  });

  it('is the hour in which most was done', () => {
    const counts = [
      { hour: hour(2, 9), n: 3 },
      { hour: hour(5, 18), n: 4 },
    ];
    expect(bestHour(counts)).toBe(hour(5, 18));
  });

  it('weighs what was done in the hours beside it, and at that hour of other days', () => {
    const evenings = [1, 2, 3, 4].map((day) => ({ hour: hour(day, 18), n: 1 }));
    expect(bestHour([...evenings, { hour: hour(4, 19), n: 1 }, { hour: hour(6, 7), n: 2 }])).toBe(hour(4, 18));
  });

  it('sees midnight and the end of the week as the middle of something', () => {
    expect(
      bestHour([
        { hour: hour(7, 23), n: 2 },
        { hour: hour(1, 0), n: 3 },
        { hour: hour(3, 12), n: 3 },
      ]),
    ).toBe(0);
  });
});

describe('its next begin', () => {
  const thursday = new Date('2026-10-22T10:00:00Z');

  it.each([
    ['later this week', hour(6, 9), 'Europe/Berlin', '2026-10-24T07:00:00.000Z'],
    ['after the clock was put back', hour(7, 9), 'Europe/Berlin', '2026-10-25T08:00:00.000Z'],
    ['next week where this one is over', hour(4, 9), 'Europe/Berlin', '2026-10-29T08:00:00.000Z'],
    ['half an hour beside in India', hour(5, 9), 'Asia/Kolkata', '2026-10-23T03:30:00.000Z'],
  ])('is %s', (_, of, zone, at) => {
    expect(nextBegin(of, zone, thursday).toISOString()).toBe(at);
  });
});
