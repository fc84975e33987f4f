import type { Lane } from './retry-policy';
import { Room } from './room';

describe('the room of a worker with 16 calls', () => {
  const take = (room: Room, lane: Lane, count: number) => {
    for (let n = 0; n < count; n++) room.take(lane);
  };
  const leave = (room: Room, lane: Lane, count: number) => {
    for (let n = 0; n < count; n++) room.leave(lane);
  };

  it('is larger for the more urgent lanes, and shrinks with what they hold', () => {
    const room = new Room(16);
    expect([room.of('otp'), room.of('transactional'), room.of('bulk')]).toEqual([48, 43, 36]);
    take(room, 'otp', 10);
    expect([room.of('otp'), room.of('transactional'), room.of('bulk')]).toEqual([38, 33, 26]);
  });

  it('is not worth a claim of fewer messages than calls', () => {
    const room = new Room(16);
    take(room, 'bulk', 21);
    expect(room.of('bulk')).toBe(0);
    leave(room, 'bulk', 1);
    expect(room.of('bulk')).toBe(16);
  });

  it('is left to the urgent lanes by a parcel of bulk messages that fell apart', () => {
    const room = new Room(16);
    take(room, 'bulk', 500);
    expect([room.of('otp'), room.of('transactional'), room.of('bulk')]).toEqual([28, 23, 0]);
    expect(room.hasPlaceForParcel).toBe(false);
  });

  it.each([
    [1, 1],
    [2, 2],
    [16, 2],
    [50, 3],
    [1_000, 62],
  ])('of %d calls lets %d be shared', (calls, shared) => {
    expect(new Room(calls).sharedCalls).toBe(shared);
  });

  it('has a place for one parcel more than calls may be shared', () => {
    const room = new Room(16);
    for (let n = 0; n < 3; n++) {
      expect(room.hasPlaceForParcel).toBe(true);
      room.takeParcel();
    }
    expect(room.hasPlaceForParcel).toBe(false);
    room.leaveParcel();
    expect(room.hasPlaceForParcel).toBe(true);
  });
});
