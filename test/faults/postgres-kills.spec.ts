import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../oracle/oracle';
import { stopSurvivors } from '../../src/platform/db/embedded-survivors';
import { TEST_FOLDER_PREFIX } from '../support/dead-runs';
import { Chance } from './chance';
import { printScore, size } from './scoreboard';
import { Stage } from './stage';
import { until } from './until';

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
    const refused = stage.answers.filter(({ status }) => status !== 202).length;
    printScore('postgres kills', { seed: chance.seed, kills, refused, recovery_s: Math.max(...recoveries), ...score });
    expect(violations).toEqual([]);
    expect(score.lost).toBe(0);
    expect(score.dupCalls).toBeLessThanOrEqual(score.unknown);
    expect(score.accepted).toBeGreaterThan(0);
  });

  /** Seconds from the kill until a message is accepted again. */
  async function sendAndKill(count: number): Promise<number> {
    const at = stage.provider.calls.length + chance.between(20, count / 2);
    const sent = stage.send(count, { atOnce: 10, paceMs: 20 });
    await stage.provider.reaches(at);
    const killedAt = performance.now();
    process.kill(postmasterOf(folder), 'SIGKILL');
    await until('a message that is accepted again', async () => {
      const [answer] = await stage.send(1);
      return answer?.status === 202;
    });
    const seconds = (performance.now() - killedAt) / 1000;
    await sent;
    return Number(seconds.toFixed(2));
  }
});

/** The server of this folder, and of no other: its own file says its number, and its place. */
function postmasterOf(folder: string): number {
  const cluster = join(folder, 'postgres');
  const [pid, place] = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  if (place !== cluster || !Number(pid)) throw new Error(`Not the server of ${folder}: ${place}`);
  return Number(pid);
}
