import { recurrenceFault } from './recurrence-rule';

describe('recurrenceFault', () => {
  it.each([
    'FREQ=DAILY',
    'FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=10',
    'FREQ=MONTHLY;BYDAY=-1FR;BYHOUR=9;BYMINUTE=30',
    'FREQ=MONTHLY;BYMONTHDAY=-1',
    'COUNT=1000;FREQ=HOURLY;INTERVAL=2',
    'FREQ=YEARLY;BYMONTH=12;UNTIL=20300101T000000Z;WKST=SU;BYSETPOS=1',
    'FREQ=MONTHLY;BYMONTHDAY=31;SKIP=OMIT',
  ])('accepts %s', (rule) => {
    expect(recurrenceFault(rule)).toBeUndefined();
  });

  it.each([
    ['FREQ=SECONDLY', 'FREQ must be'],
    ['FREQ=MINUTELY;COUNT=3', 'FREQ must be'],
    ['FREQ=DAILY;BYSECOND=1', 'BYSECOND is not supported'],
    ['FREQ=DAILY;BYMINUTE=0,1,2', 'BYMINUTE must be one minute'],
    ['FREQ=DAILY;COUNT=1001', 'COUNT must be'],
    ['FREQ=DAILY;COUNT=1000000000', 'COUNT must be'],
    ['FREQ=DAILY;COUNT=0', 'COUNT must be'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL must be'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20300101T000000Z', 'together'],
    ['FREQ=DAILY;UNTIL=20300230T000000Z', 'UNTIL must be'],
    ['FREQ=DAILY;UNTIL=20300101', 'UNTIL must be'],
    ['FREQ=MONTHLY;BYMONTHDAY=32', 'BYMONTHDAY must be'],
    ['FREQ=MONTHLY;BYMONTHDAY=0', 'BYMONTHDAY must be'],
    ['FREQ=WEEKLY;BYDAY=XX', 'BYDAY must be'],
    ['FREQ=WEEKLY;BYMONTHDAY=13', 'BYMONTHDAY'],
    ['FREQ=DAILY;BYDAY=1MO', 'numbered weekdays'],
    ['FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=1', 'numbered weekdays'],
    ['FREQ=DAILY;BYSETPOS=1', 'BYSETPOS'],
    ['FREQ=DAILY;SKIP=FORWARD', 'SKIP must be'],
    ['FREQ=DAILY;FREQ=WEEKLY', 'twice'],
    ['INTERVAL=2', 'FREQ'],
    ['FREQ=DAILY;toString=1', 'NAME=VALUE'],
    ['FREQ=DAILY;CONSTRUCTOR=1', 'not supported'],
    ['RRULE:FREQ=DAILY', 'NAME=VALUE'],
    ['FREQ=DAILY;', 'NAME=VALUE'],
    ['0 9 * * 1', 'NAME=VALUE'],
    ['', 'NAME=VALUE'],
  ])('refuses %s', (rule, words) => {
    expect(recurrenceFault(rule)).toContain(words);
  });
});
