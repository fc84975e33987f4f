import { Copy, runScript } from './tree';

const GREEN = { numPassedTests: 7, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };

describe('the last line of .ci/run', () => {
  it.each([
    ['sums the runs', [GREEN, GREEN], [], '14 passed, 0 failed', 0],
    ['counts a failed test once', [GREEN, { ...GREEN, numFailedTests: 2 }], ['test'], '14 passed, 2 failed', 1],
    [
      'counts a suite that did not load',
      [{ ...GREEN, numRuntimeErrorTestSuites: 1 }],
      ['test'],
      '7 passed, 1 failed',
      1,
    ],
    ['counts a step that is not a test run', [GREEN], ['lint'], '7 passed, 1 failed', 1],
    ['counts a run that left no result', [GREEN], ['test:faults'], '7 passed, 1 failed', 1],
    ['counts a run that failed without a failed test', [GREEN, GREEN], ['test'], '14 passed, 1 failed', 1],
    ['is a failure when nothing ran', [], [], '0 passed, 0 failed', 1],
  ])('%s', async (_name, runs, failedSteps, line, code) => {
    const copy = new Copy([]);
    copy.plant({ 'results/none': '' });
    copy.plant(Object.fromEntries(runs.map((run, index) => [`results/${index}.json`, JSON.stringify(run)])));
    const result = await runScript('scripts/count-results.mjs', ['results', ...failedSteps], copy.root);
    copy.remove();

    expect(result).toEqual({ code, stdout: `${line}\n` });
  });
});
