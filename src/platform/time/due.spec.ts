import { decideDue } from './due';

const HOURLY = { start: '2026-01-01T00:00:00', timezone: 'UTC', recurrence: 'FREQ=HOURLY' };
const at = (time: string) => new Date(`2026-06-${time}Z`);

const decide = (dueAt: string, now: string, graceSeconds = 3600, recurring = HOURLY) => {
  const { run, missed, next } = decideDue(recurring, { dueAt: at(dueAt), now: at(now), graceSeconds });
  const shown = (instant?: Date) => instant?.toISOString().slice(8, 16);
  return { run: shown(run), missed: missed && [shown(missed.from), missed.times], next: shown(next) };
};

describe('decideDue', () => {
  it('runs what is due, and goes on to the next', () => {
    expect(decide('10T09:00', '10T09:00')).toEqual({ run: '10T09:00', missed: undefined, next: '10T10:00' });
    expect(decide('10T09:00', '10T09:59')).toEqual({ run: '10T09:00', missed: undefined, next: '10T10:00' });
  });

  it('runs only the latest of several, and counts the others', () => {
    expect(decide('10T09:00', '10T10:30')).toEqual({ run: '10T10:00', missed: ['10T09:00', 1], next: '10T11:00' });
    expect(decide('07T09:00', '10T09:10')).toEqual({ run: '10T09:00', missed: ['07T09:00', 72], next: '10T10:00' });
    expect(decide('10T05:00', '10T09:10', 86_400)).toMatchObject({ run: '10T09:00', missed: ['10T05:00', 4] });
  });

  it('runs nothing that is later than its grace', () => {
    expect(decide('10T09:00', '10T09:02', 60)).toEqual({ run: undefined, missed: ['10T09:00', 1], next: '10T10:00' });
    expect(decide('10T09:00', '10T09:01', 60)).toMatchObject({ run: '10T09:00', missed: undefined });
  });

  it('counts to a thousand, and finds the latest all the same', () => {
    const years = { ...HOURLY, start: '2020-01-01T00:00:00' };
    const { run, missed, next } = decideDue(years, {
      dueAt: new Date('2020-01-01T00:00:00Z'),
      now: at('10T09:10'),
      graceSeconds: 3600,
    });
    expect([run, missed?.times, next]).toEqual([at('10T09:00'), 1000, at('10T10:00')]);
  });

  it('ends with its rule, and runs a time that a change of the rule left behind', () => {
    const over = { ...HOURLY, recurrence: 'FREQ=HOURLY;UNTIL=20260610T093000Z' };
    expect(decide('10T09:00', '10T09:10', 3600, over)).toEqual({ run: '10T09:00', missed: undefined, next: undefined });
    expect(decide('10T09:17', '10T09:18')).toEqual({ run: '10T09:17', missed: undefined, next: '10T10:00' });
  });
});
