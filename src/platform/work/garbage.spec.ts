import { setImmediate as macrotask } from 'node:timers/promises';
import { Garbage } from './garbage';

describe('garbage of a long stream', () => {
  it('is collected after so many bytes and not before', async () => {
    const garbage = new Garbage('major', 100);
    const left = abandoned();
    await macrotask(); // a WeakRef holds its target to the end of the task that made it

    garbage.passed(99);
    expect(left.deref()).toBeDefined();
    await macrotask(); // and so does each look at it
    garbage.passed(1);

    expect(left.deref()).toBeUndefined();
  });

  it('is counted anew after each collection', async () => {
    const garbage = new Garbage('major', 100);
    garbage.passed(250);
    const left = abandoned();
    await macrotask();

    garbage.passed(99);

    expect(left.deref()).toBeDefined();
  });

  it('of buffers that were let go is freed by the small collection', async () => {
    const garbage = new Garbage('minor', 1);
    garbage.passed(1);
    letGo(30);
    const before = process.memoryUsage().arrayBuffers;

    garbage.passed(1);
    await macrotask();
    garbage.passed(1); // which ends the freeing that the one before began

    expect(before - process.memoryUsage().arrayBuffers).toBeGreaterThan(20_000_000);
  });
});

function abandoned(): WeakRef<object> {
  return new WeakRef({ text: 'nobody holds it' });
}

function letGo(count: number): void {
  for (let n = 0; n < count; n++) Buffer.alloc(1_000_000);
}
