import { judge } from '../oracle/oracle';
import { Chance } from './chance';
import { printScore, size } from './scoreboard';
import { Stage } from './stage';

const AT_ONCE = 40;

describe('an API process that is killed while it accepts', () => {
  const chance = new Chance();
  let stage: Stage;

  afterEach(() => stage.close());

  it('has stored every message that it answered 202 to, whole, and gives the same answer to the same key again', async () => {
    const kills = size({ short: 3, full: 10 });
    stage = await Stage.open({ delayMs: () => 1 });
    const before = [];
    for (let kill = 0; kill < kills; kill++) before.push(...(await sendAndKill(size({ short: 300, full: 500 }))));

    const replays = [];
    for (const { reference } of before) replays.push(await stage.ask(reference));
    const answered = before.filter(({ status }) => status === 202);
    const unanswered = before.filter(({ status }) => status === 0);
    expect(answered.length + unanswered.length).toBe(before.length);
    expect(unanswered.length).toBeGreaterThan(0); // else nothing was broken off
    expectReplays(before, replays);
    expect(await halfStored()).toEqual([]);

    stage.answers.push(...replays);
    await stage.start('worker');
    await stage.settled();
    const { violations, ...score } = judge(await stage.evidence());
    const storedUnanswered = replays.filter(({ replayed }) => replayed).length - answered.length;
    printScore('api kills', { seed: chance.seed, kills, unanswered: unanswered.length, storedUnanswered, ...score });
    expect(violations).toEqual([]);
    expect(score).toMatchObject({ accepted: before.length, lost: 0, unknown: 0, dupCalls: 0 });
  });

  async function sendAndKill(count: number) {
    const victim = stage.api;
    const killAt = chance.between(Math.floor(count * 0.2), Math.floor(count * 0.8));
    const sent = stage.send(count, {
      atOnce: AT_ONCE,
      onAnswer: (answers) => {
        // Some milliseconds later: between an accept's commit and its answer as well as anywhere else.
        if (answers === killAt) setTimeout(() => victim.signal('SIGKILL'), chance.between(0, 12));
      },
    });
    const answers = await sent;
    expect(await victim.ended).toEqual({ code: null, signal: 'SIGKILL' });
    stage.api = await stage.start('api');
    return answers;
  }

  /** Byte for byte what was answered before; whatever was not answered is answered now, once. */
  function expectReplays(before: Stage['answers'], replays: Stage['answers']): void {
    replays.forEach((replay, i) => {
      expect(replay.status).toBe(202);
      if (before[i]?.status === 202) expect(replay).toEqual({ ...before[i], replayed: true });
    });
  }

  /** Keys without their message, or messages without key, contact or session. */
  async function halfStored(): Promise<unknown[]> {
    const { rows } = await stage.sql.query(
      `SELECT k.key, m.client_reference FROM idempotency_key k
       FULL JOIN communication_message m ON m.tenant_id = k.tenant_id AND m.client_reference = k.key
       LEFT JOIN contact_identity i ON i.tenant_id = m.tenant_id AND i.contact_id = m.contact_id AND i.address = m.to_address
       LEFT JOIN communication_session s ON s.tenant_id = m.tenant_id AND s.id = m.session_id AND s.contact_id = m.contact_id
       WHERE k.route LIKE '%/messages' IS NOT FALSE AND (k.key IS NULL OR m.id IS NULL OR i.contact_id IS NULL OR s.id IS NULL)`,
    );
    return rows;
  }
});
