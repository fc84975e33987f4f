import { piecesOf, type Pieces } from './stats-pieces';

const at = (time: string): Date => new Date(`${time}:00Z`);
const span = (from: string, to: string) => ({ from: at(from), to: at(to) });
const nothing: Pieces = {
  days: null,
  exceptDays: [],
  quarters: [],
  hours: null,
  exceptHours: [],
  exceptQuarters: [],
  counted: [],
};

describe('the pieces of a period', () => {
  const dayZone = 'Europe/Berlin';

  it('are whole days of the zone, and quarters before and after', () => {
    const period = span('2026-10-23T12:15', '2026-10-27T01:30');
    expect(piecesOf({ period, dayZone, splitHours: null, dirty: [] })).toEqual({
      ...nothing,
      days: { from: '2026-10-24', to: '2026-10-27' },
      quarters: [span('2026-10-23T12:15', '2026-10-23T22:00'), span('2026-10-26T23:00', '2026-10-27T01:30')],
    });
  });

  it('are days alone where it begins and ends with one, of 25 hours too', () => {
    const period = span('2026-10-24T22:00', '2026-10-25T23:00');
    expect(piecesOf({ period, dayZone, splitHours: null, dirty: [] })).toEqual({
      ...nothing,
      days: { from: '2026-10-25', to: '2026-10-26' },
    });
  });

  it('are messages themselves within a quarter', () => {
    const period = span('2026-10-25T10:01', '2026-10-25T10:14');
    expect(piecesOf({ period, dayZone, splitHours: null, dirty: [] })).toEqual({ ...nothing, counted: [period] });
    const around = span('2026-10-25T10:01', '2026-10-25T10:31');
    expect(piecesOf({ period: around, dayZone, splitHours: null, dirty: [] })).toEqual({
      ...nothing,
      quarters: [span('2026-10-25T10:15', '2026-10-25T10:30')],
      counted: [span('2026-10-25T10:01', '2026-10-25T10:15'), span('2026-10-25T10:30', '2026-10-25T10:31')],
    });
  });

  it('take a changed quarter from messages, and the rest of its day from the other quarters', () => {
    const period = span('2026-10-22T22:00', '2026-10-26T23:00');
    const changed = at('2026-10-25T00:45');
    expect(piecesOf({ period, dayZone, splitHours: null, dirty: [changed] })).toEqual({
      ...nothing,
      days: { from: '2026-10-23', to: '2026-10-27' },
      exceptDays: ['2026-10-25'],
      quarters: [span('2026-10-24T22:00', '2026-10-25T23:00')],
      exceptQuarters: [changed],
      counted: [span('2026-10-25T00:45', '2026-10-25T01:00')],
    });
  });

  it('are hours for the days of another zone, but for those that a day begins in', () => {
    const period = span('2026-10-23T18:15', '2026-10-25T18:30');
    const splitHours = [at('2026-10-23T18:00'), at('2026-10-24T18:00'), at('2026-10-25T18:00')];
    expect(piecesOf({ period, dayZone: null, splitHours, dirty: [] })).toEqual({
      ...nothing,
      hours: [span('2026-10-23T19:00', '2026-10-25T18:00')],
      exceptHours: [at('2026-10-24T18:00')],
      quarters: [
        span('2026-10-23T18:15', '2026-10-23T19:00'),
        span('2026-10-24T18:00', '2026-10-24T19:00'),
        span('2026-10-25T18:00', '2026-10-25T18:30'),
      ],
    });
  });

  it('are quarters where there are no days yet', () => {
    const period = span('2026-10-23T18:15', '2026-10-25T18:30');
    expect(piecesOf({ period, dayZone: null, splitHours: null, dirty: [] })).toEqual({
      ...nothing,
      quarters: [period],
    });
  });
});
