// Last line of .ci/run: `N passed, N failed`, the sum over jest's result files in a folder. A suite that did not load and a
// failed step without failed tests count as one failure each. Exit 1 unless something passed and nothing failed.
// Usage: node scripts/count-results.mjs <folder> [name of a failed step ...]
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder, ...failedSteps] = process.argv.slice(2);
const runs = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
const passed = sum((run) => run.numPassedTests);
const failuresOf = (run) => run.numFailedTests + run.numRuntimeErrorTestSuites;
const explainedSteps = runs.filter((run) => failuresOf(run) > 0).length;
const failed = sum(failuresOf) + Math.max(0, failedSteps.length - explainedSteps);

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = passed > 0 && failed === 0 ? 0 : 1;

function sum(count) {
  return runs.reduce((total, run) => total + count(run), 0);
}
