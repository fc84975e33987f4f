import { Chance } from './chance';
import type { Carillon } from './processes';
import { printScore, size } from './scoreboard';
import { Stage } from './stage';
import { until } from './until';

/** One row in the middle that is no contact, and one that stands twice. */
const BAD = 0.4;

describe('a worker that is killed while it imports', () => {
  const chance = new Chance();
  let stage: Stage;

  afterEach(() => stage.close());

  it('has stored every row exactly once, whoever went on with it, and named the bad one by its number', async () => {
    const usual = size({ short: { rows: 20_000, kills: 3 }, full: { rows: 100_000, kills: 8 } });
    const rows = Number(process.env['IMPORT_ROWS'] ?? usual.rows);
    const { kills } = usual;
    const patienceMs = Math.max(120_000, rows); // a thousand rows a second at least
    stage = await Stage.open({ delayMs: () => 0 });
    const badRow = Math.floor(rows * BAD);
    const id = await upload(rows, badRow);

    const resumes: number[] = [];
    let worker: Carillon = await stage.start('worker');
    for (let kill = 1; kill <= kills; kill++) {
      // Somewhere within the share of the file that belongs to this kill, and some milliseconds into a chunk.
      const at = Math.floor((rows * (kill - 1 + chance.next())) / (kills + 1));
      await until('rows before a kill', async () => (await progress(id)).stored >= at, patienceMs);
      await new Promise((resolve) => setTimeout(resolve, chance.between(0, 80)));
      await worker.kill();
      const { stored, running } = await progress(id);
      expect(running).toBe(true); // else there was nothing left to break off
      const killedAt = Date.now();
      if (kill > 1) await endSilence();
      worker = await stage.start('worker');
      await until('an import that goes on', async () => (await progress(id)).stored > stored, patienceMs);
      resumes.push((Date.now() - killedAt) / 1000);
    }
    await until('the end of the import', async () => !(await progress(id)).running, patienceMs);

    const { body } = await stage.client().get(`/contact-imports/${id}`);
    const errors = (await stage.client().get(`/contact-imports/${id}/errors`)).text;
    const contacts = await count(`SELECT count(*) AS n FROM contact WHERE external_id LIKE 'row-%'`);
    const different = await count(
      `SELECT count(DISTINCT external_id) AS n FROM contact WHERE external_id LIKE 'row-%'`,
    );
    const addresses = await count(`SELECT count(*) AS n FROM contact_identity WHERE address LIKE 'row-%'`);
    const most = Math.max(...resumes);
    printScore('import kills', { seed: chance.seed, rows, kills, contacts, resume_s: most, counts: body['counts'] });

    expect(body).toMatchObject({
      status: 'COMPLETED',
      counts: { rows, created: rows - 1, updated: 0, skipped: 0, failed: 1 },
    });
    expect(body['bytesRead']).toBe(body['bytesTotal']);
    expect({ contacts, different, addresses }).toEqual({
      contacts: rows - 1,
      different: rows - 1,
      addresses: rows - 1,
    });
    expect(errors).toMatch(new RegExp(`^row,column,message\\n${badRow + 2},email,[^\\n]+\\n$`));
    expect(most).toBeLessThan(75);
  });

  /** A dead worker is waited for once, with the settings that Carillon comes with; then that time is ended at once. */
  async function endSilence(): Promise<void> {
    await stage.sql.query(
      `UPDATE pgboss.job SET heartbeat_on = now() - interval '1 hour' WHERE name = 'contact-imports' AND state = 'active'`,
    );
  }

  async function upload(rows: number, badRow: number): Promise<string> {
    const lines = Array.from({ length: rows }, (_, n) => {
      const email = n === badRow ? 'no address' : `row-${n}@example.com`;
      return `row-${n},Person ${n},${email},"several\nlines, ${n}"`;
    });
    const content = `externalId,name,email,attributes.note\n${lines.join('\n')}\n`;
    const made = await stage.client().post('/contact-imports', content, { 'content-type': 'text/csv' });
    expect(made.status).toBe(202);
    return String(made.body['id']);
  }

  async function progress(id: string): Promise<{ stored: number; running: boolean }> {
    const { rows } = await stage.sql.query<{ stored: number; running: boolean }>(
      `SELECT created AS stored, status IN ('PENDING', 'RUNNING') AS running FROM contact_import WHERE id = $1`,
      [id],
    );
    return rows[0] ?? { stored: 0, running: false };
  }

  async function count(text: string): Promise<number> {
    const { rows } = await stage.sql.query<{ n: string }>(text);
    return Number(rows[0]?.n);
  }
});
