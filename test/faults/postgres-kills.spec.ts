import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../oracle/oracle';
import { stopSurvivors } from '../../src/platform/db/embedded-survivors';
import { TEST_FOLDER_PREFIX } from '../support/dead-runs';
import { Chance } from './chance';
import { printScore, size } from './scoreboard';
import { Stage } from './stage';

/** Answers that were on their way when the server died arrive within this time. */
const SETTLING_MS = 50;

describe('the embedded PostgreSQL that is killed while messages are accepted and sent', () => {
  const chance = new Chance();
  let folder: string;
  let stage: Stage;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), `${TEST_FOLDER_PREFIX}${process.pid}-`));
    chmodSync(folder, 0o755); // run by root, the server is another user, who must be able to enter
  });
  afterEach(async () => {
    await stage.close();
    await stopSurvivors(join(folder, 'postgres'));
    rmSync(folder, { recursive: true, force: true });
  });

  it('comes back by itself, and no message that was accepted is lost', async () => {
    const kills = size({ short: 1, full: 3 });
    stage = await Stage.openEmbedded(folder, {
      delayMs: () => chance.between(5, 20),
      env: { WORKER_CONCURRENCY: '16', LEASE_SECONDS: '10', WORKER_DEAD_SECONDS: '5' },
    });
    const recoveries: number[] = [];
    for (let kill = 0; kill < kills; kill++) recoveries.push(await sendAndKill(size({ short: 400, full: 600 })));
    await stage.settled();

    const { violations, ...score } = judge(await stage.evidence());
    const replayed = stage.answers.filter((answer) => answer.replayed).length;
    printScore('postgres kills', { seed: chance.seed, kills, replayed, recovery_s: Math.max(...recoveries), ...score });
    expect(violations).toEqual([]);
    expect(score.lost).toBe(0);
    expect(score.dupCalls).toBeLessThanOrEqual(score.unknown);
    expect(score.accepted).toBeGreaterThan(0);
  });

  /** Clients ask again with the same key until they are served. Answers the seconds that nobody was, after the kill. */
  async function sendAndKill(count: number): Promise<number> {
    const at = stage.provider.calls.length + chance.between(20, count / 2);
    let servedAt: number | undefined;
    let killedAt = Infinity;
    const sent = stage.send(count, {
      atOnce: 10,
      paceMs: 10,
      patience: 300,
      onAnswer: () => {
        if (performance.now() > killedAt + SETTLING_MS) servedAt ??= performance.now();
      },
    });
    await stage.provider.reaches(at);
    process.kill(postmasterOf(folder), 'SIGKILL');
    killedAt = performance.now();
    const answers = await sent;
    expect(answers.filter(({ status }) => status !== 202)).toEqual([]);
    return Number((((servedAt ?? Infinity) - killedAt) / 1000).toFixed(2));
  }
});

/** The server of this folder, and of no other: its own file says its number, and its place. */
function postmasterOf(folder: string): number {
  const cluster = join(folder, 'postgres');
  const [pid, place] = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  if (place !== cluster || !Number(pid)) throw new Error(`Not the server of ${folder}: ${place}`);
  return Number(pid);
}
