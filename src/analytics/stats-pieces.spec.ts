import { piecesOf, type Pieces } from './stats-pieces';

const at = (time: string): Date => new Date(`${time}:00Z`);
const span = (from: string, to: string) => ({ from: at(from), to: at(to) });
const nothing: Pieces = { days: [], quarters: [], hours: null, counted: [] };

describe('the pieces of a period', () => {
  const dayZone = 'Europe/Berlin';

  it('are whole days of the zone, and quarters before and after', () => {
    const period = span('2026-10-23T12:15', '2026-10-27T01:30');
    expect(piecesOf({ period, dayZone, splitHours: null, dirty: [] })).toEqual({
      ...nothing,
      days: [{ from: '2026-10-24', to: '2026-10-27' }],
      quarters: [span('2026-10-23T12:15', '2026-10-23T22:00'), span('2026-10-26T23:00', '2026-10-27T01:30')],
    });
  });

  it('are days alone where it begins and ends with one, of 25 hours too', () => {
    const period = span('2026-10-24T22:00', '2026-10-25T23:00');
    expect(piecesOf({ period, dayZone, splitHours: null, dirty: [] })).toEqual({
      ...nothing,
      days: [{ from: '2026-10-25', to: '2026-10-26' }],
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
      days: [
        { from: '2026-10-23', to: '2026-10-25' },
        { from: '2026-10-26', to: '2026-10-27' },
      ],
      quarters: [span('2026-10-24T22:00', '2026-10-25T00:45'), span('2026-10-25T01:00', '2026-10-25T23:00')],
      counted: [span('2026-10-25T00:45', '2026-10-25T01:00')],
    });
  });

  it('are hours for the days of another zone, but for those that a day begins in', () => {
    const period = span('2026-10-23T18:15', '2026-10-25T18:30');
    const splitHours = [at('2026-10-23T18:00'), at('2026-10-24T18:00'), at('2026-10-25T18:00')];
    expect(piecesOf({ period, dayZone: null, splitHours, dirty: [] })).toEqual({
      ...nothing,
      hours: [span('2026-10-23T19:00', '2026-10-24T18:00'), span('2026-10-24T19:00', '2026-10-25T18:00')],
      quarters: [
        span('2026-10-23T18:15', '2026-10-23T19:00'),
        span('2026-10-24T18:00', '2026-10-24T19:00'),
        span('2026-10-25T18:00', '2026-10-25T18:30'),
      ],
    });
  });

  it('are quarters in the hour of a changed one', () => {
    const period = span('2026-10-23T18:00', '2026-10-23T21:00');
    expect(piecesOf({ period, dayZone: null, splitHours: [], dirty: [at('2026-10-23T19:30')] })).toEqual({
      ...nothing,
      hours: [span('2026-10-23T18:00', '2026-10-23T19:00'), span('2026-10-23T20:00', '2026-10-23T21:00')],
      quarters: [span('2026-10-23T19:00', '2026-10-23T19:30'), span('2026-10-23T19:45', '2026-10-23T20:00')],
      counted: [span('2026-10-23T19:30', '2026-10-23T19:45')],
    });
  });

  it('are the days between changed ones, of which the first and the last may be', () => {
    const period = span('2026-11-01T23:00', '2026-11-05T23:00');
    const dirty = ['2026-11-02T00:00', '2026-11-04T12:00', '2026-11-04T22:45', '2026-11-05T22:45'].map(at);
    const { days, quarters } = piecesOf({ period, dayZone, splitHours: null, dirty });
    expect(days).toEqual([{ from: '2026-11-03', to: '2026-11-04' }]);
    expect(quarters.at(0)).toEqual(span('2026-11-01T23:00', '2026-11-02T00:00'));
    expect(quarters.at(-1)).toEqual(span('2026-11-04T23:00', '2026-11-05T22:45'));
  });

  it('are quarters where there are no days yet', () => {
    const period = span('2026-10-23T18:15', '2026-10-25T18:30');
    expect(piecesOf({ period, dayZone: null, splitHours: null, dirty: [] })).toEqual({
      ...nothing,
      quarters: [period],
    });
  });
});
