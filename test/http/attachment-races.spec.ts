import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Config } from '../../src/config';
import { FileUpkeep } from '../../src/messages/attachments/file-upkeep';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { fileForm } from './tenant-things';

/** Uploads of the same few contents, while others end and empty them. */
const ROUNDS = 15;
const AT_ONCE = 8;

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

async function upload(content: string): Promise<string> {
  const { body, headers } = fileForm('note.txt', content);
  const answer = await tenant.api.post('/attachments', body, headers);
  if (answer.status !== 201) throw new Error(answer.text);
  return String(answer.body['id']);
}

const end = (ids: string[]) =>
  app.sql(`UPDATE communication_attachment SET used_at = '-infinity' WHERE id = ANY($1) AND removed_at IS NULL`, [ids]);

describe('uploads and removals of the same bytes at the same time', () => {
  it('never take the bytes of an attachment that lives, count right, and leave nothing behind', async () => {
    const upkeep = app.runtime.app.get(FileUpkeep);
    let mine: string[] = [];
    let emptied = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const before = mine;
      const [, , made] = await Promise.all([
        end(before),
        Promise.all([upkeep.tidy(), upkeep.tidy(), upkeep.tidy()]),
        Promise.all(Array.from({ length: AT_ONCE }, (_, n) => upload(`content ${n % 3}`))),
      ]);
      await upkeep.tidy();
      emptied += before.length;
      mine = made;
      for (const [n, id] of made.entries())
        expect((await tenant.api.get(`/attachments/${id}/content`)).text).toBe(`content ${n % 3}`);
    }
    while ((await upkeep.tidy()) > 0);
    expect(emptied).toBe((ROUNDS - 1) * AT_ONCE);
    const counts = await app.sql(
      `SELECT f.uses, count(*)::int AS names FROM communication_file f
       LEFT JOIN communication_attachment a ON a.tenant_id = f.tenant_id AND a.file_id = f.id
       WHERE f.tenant_id = $1 GROUP BY f.id, f.uses ORDER BY 1`,
      [tenant.tenantId],
    );
    expect(counts).toEqual([
      { uses: 2, names: 2 },
      { uses: 3, names: 3 },
      { uses: 3, names: 3 },
    ]);
    expect(await app.sql(`SELECT 1 FROM file_removal`)).toEqual([]);
    const folder = join(app.runtime.app.get(Config).DATA_DIR, 'files', tenant.tenantId, 'files');
    expect(existsSync(folder) && readdirSync(folder)).toHaveLength(3);
  });

  it('let nobody have a file that is being removed since its upload took too long', async () => {
    const { body, headers } = fileForm('slow.txt', 'slow');
    // Somebody takes the removal between the announcement and the end of the upload.
    await app.sql(
      `CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.attempts := 1; RETURN NEW; END $$`,
    );
    await app.sql(`CREATE TRIGGER taken BEFORE INSERT ON file_removal FOR EACH ROW EXECUTE FUNCTION taken()`);
    const answer = await tenant.api.post('/attachments', body, headers);
    await app.sql(`DROP TRIGGER taken ON file_removal`);
    expect(answer.status).toBe(503);
    expect(await app.sql(`SELECT 1 FROM communication_attachment WHERE filename = 'slow.txt'`)).toEqual([]);
  });
});
