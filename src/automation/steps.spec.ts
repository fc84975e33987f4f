import { behind, eachStep, into, stepAt, type Step } from './steps';

const wait = (seconds: number): Step => ({ type: 'wait', seconds });
const IS: Step = {
  type: 'branch',
  conditions: { field: 'a', op: 'eq', value: 1 },
  steps: [wait(1), { type: 'branch', conditions: { field: 'b', op: 'eq', value: 1 }, otherwise: [wait(2)] }],
  otherwise: [wait(3)],
};
const STEPS: Step[] = [wait(0), IS, wait(4)];

describe('places of steps', () => {
  it('leads through every step once, on either way', () => {
    const walk = (way: 'steps' | 'otherwise') => {
      const seen: string[] = [];
      for (let path: string | null = '0'; path !== null;) {
        seen.push(path);
        path = stepAt(STEPS, path).type === 'branch' ? into(STEPS, path, way) : behind(STEPS, path);
      }
      return seen;
    };
    expect(walk('steps')).toEqual(['0', '1', '1/steps/0', '1/steps/1', '2']);
    expect(walk('otherwise')).toEqual(['0', '1', '1/otherwise/0', '2']);
  });

  it('finds each of them under its place', () => {
    const all = [...eachStep(STEPS)];
    expect(all.map(([path]) => path)).toEqual([
      ...['0', '1', '1/steps/0', '1/steps/1', '1/steps/1/otherwise/0', '1/otherwise/0', '2'],
    ]);
    for (const [path, step] of all) expect(stepAt(STEPS, path)).toBe(step);
  });

  it('ends behind the last one, however deep that stands', () => {
    expect(behind(STEPS, '2')).toBeNull();
    expect(behind([IS], '0/steps/1/otherwise/0')).toBeNull();
    expect(() => stepAt(STEPS, '3')).toThrow('There is no step 3');
  });
});
