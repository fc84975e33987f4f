import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Config } from '../../src/config';
import { FileUpkeep } from '../../src/messages/attachments/file-upkeep';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { fileForm } from './tenant-things';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp({ ATTACHMENT_RETENTION_DAYS: '30' });
  tenant = await app.tenant();
});
afterAll(() => app.close());

async function upload(content: string, { of = tenant, name = 'note.txt' } = {}): Promise<string> {
  const { body, headers } = fileForm(name, content);
  const answer = await of.api.post('/attachments', body, headers);
  if (answer.status !== 201) throw new Error(answer.text);
  return String(answer.body['id']);
}

const content = (id: string, headers: Record<string, string> = {}) =>
  tenant.api.get(`/attachments/${id}/content`, headers);

/** Where the bytes lie on disk, for each file of a tenant. */
async function filesOf({ tenantId }: TestTenant): Promise<{ key: string; uses: number }[]> {
  return app.sql(`SELECT storage_key AS key, uses FROM communication_file WHERE tenant_id = $1 ORDER BY id`, [
    tenantId,
  ]);
}

function pathOf(key: string): string {
  return join(app.runtime.app.get(Config).DATA_DIR, 'files', key);
}

/** What the loops of a worker do from time to time, now and to its end. */
async function tidied(): Promise<void> {
  while ((await app.runtime.app.get(FileUpkeep).tidy()) > 0);
}

const age = (id: string, days: number) =>
  app.sql(`UPDATE communication_attachment SET used_at = now() - make_interval(days => $2) WHERE id = $1`, [id, days]);

const send = (to: string, attachmentId: string, more: object = {}) =>
  tenant.api.post('/messages', {
    channelType: 'EMAIL',
    to,
    content: { subject: 'Note', text: 'Attached' },
    attachments: [{ attachmentId }],
    ...more,
  });

describe('the bytes of attachments', () => {
  it('lie in the storage and not in the database', async () => {
    const id = await upload('bytes that are kept');
    const [row] = await app.sql(`SELECT content FROM communication_attachment WHERE id = $1`, [id]);
    expect(row).toEqual({ content: null });
    expect((await content(id)).text).toBe('bytes that are kept');
  });

  it('are kept once for a tenant, and once more for another', async () => {
    const [one, two] = [await app.tenant(), await app.tenant()];
    const ids = [await upload('same', { of: one }), await upload('same', { of: one, name: 'other.txt' })];
    expect(new Set(ids).size).toBe(2);
    expect((await one.api.get(`/attachments/${ids[1]}`)).body).toMatchObject({ filename: 'other.txt', size: 4 });
    await upload('same', { of: two });
    expect(await filesOf(one)).toEqual([{ key: expect.any(String), uses: 2 }]);
    expect(await filesOf(two)).toEqual([{ key: expect.stringContaining(two.tenantId), uses: 1 }]);
  });

  it('are counted right when many bring the same ones at once, and only one copy stays', async () => {
    const many = await app.tenant();
    const ids = await Promise.all(Array.from({ length: 20 }, () => upload('at once', { of: many })));
    expect(await filesOf(many)).toEqual([{ key: expect.any(String), uses: 20 }]);
    const removals = () =>
      app.sql<{ key: string }>(`SELECT storage_key AS key FROM file_removal WHERE tenant_id = $1`, [many.tenantId]);
    const surplus = await removals();
    expect(surplus).toHaveLength(19);
    await tidied();
    expect(await removals()).toEqual([]);
    expect(surplus.filter(({ key }) => existsSync(pathOf(key)))).toEqual([]);
    for (const id of ids) expect((await many.api.get(`/attachments/${id}/content`)).text).toBe('at once');
  });

  it('go away when the upload is refused or broken off, also when nobody ever says so', async () => {
    const hasty = await app.tenant();
    const { body, headers } = fileForm('page.txt', '<html>');
    expect((await hasty.api.post('/attachments', body, headers)).status).toBe(422);
    const surplus = fileForm('a.txt', 'x').body.replace(
      /--\r\n$/,
      '\r\nContent-Disposition: form-data; name="more"\r\n\r\nx\r\n--carillon-test-form--\r\n',
    );
    expect((await hasty.api.post('/attachments', surplus, headers)).status).toBe(422);
    await brokenOff(hasty);
    const keys = await app.sql<{ key: string }>(`SELECT storage_key AS key FROM file_removal WHERE tenant_id = $1`, [
      hasty.tenantId,
    ]);
    expect(keys).toHaveLength(3);
    await app.sql(`UPDATE file_removal SET due_at = now() WHERE tenant_id = $1`, [hasty.tenantId]);
    await tidied();
    expect(keys.filter(({ key }) => existsSync(pathOf(key)))).toEqual([]);
    expect(await filesOf(hasty)).toEqual([]);
    expect(await app.sql(`SELECT 1 FROM communication_attachment WHERE tenant_id = $1`, [hasty.tenantId])).toEqual([]);
  });

  /** Half of an upload, and then the connection is gone. */
  async function brokenOff({ key, tenantId }: TestTenant): Promise<void> {
    const announced = () => app.sql(`SELECT 1 FROM file_removal WHERE tenant_id = $1`, [tenantId]);
    const before = await announced();
    const { headers, body } = fileForm('a.txt', 'x'.repeat(200_000));
    const half = request(`${app.url}/api/v1/communication/attachments`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${key}`, 'content-length': 1_000_000 },
    });
    half.on('error', () => undefined).write(body.slice(0, 100_000));
    while ((await announced()).length === before.length) await new Promise((resolve) => setImmediate(resolve));
    half.destroy();
  }

  it('of an older version are handed out from the database, and brought to the storage', async () => {
    const bytes = randomBytes(1000);
    const insert = () =>
      app.sql<{ id: string }>(
        `INSERT INTO communication_attachment (tenant_id, id, filename, content_type, size_bytes, sha256, content)
         VALUES ($1, gen_random_uuid(), 'old.bin', 'application/zip', 1000, sha256($2), $2) RETURNING id`,
        [tenant.tenantId, bytes],
      );
    const rows = [...(await insert()), ...(await insert())];
    for (const { id } of rows) {
      const response = await fetch(`${app.url}/api/v1/communication/attachments/${id}/content`, {
        headers: { authorization: `Bearer ${tenant.key}` },
      });
      expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
    }
    const upkeep = app.runtime.app.get(FileUpkeep);
    await Promise.all([upkeep.store(), upkeep.store()]);
    while ((await upkeep.store()) > 0);
    const moved = await app.sql(
      `SELECT f.uses, a.content FROM communication_attachment a JOIN communication_file f ON f.id = a.file_id WHERE a.id = ANY($1)`,
      [rows.map(({ id }) => id)],
    );
    expect(moved).toEqual([
      { uses: 2, content: null },
      { uses: 2, content: null },
    ]);
    expect((await content(rows[0]?.id ?? '', { range: 'bytes=0-0' })).status).toBe(206);
    await tidied();
  });

  it('are handed out in part where a part is asked for', async () => {
    const id = await upload('0123456789');
    const part = await content(id, { range: 'bytes=3-5' });
    expect([part.status, part.text, part.headers.get('content-range'), part.headers.get('content-length')]).toEqual([
      206,
      '345',
      'bytes 3-5/10',
      '3',
    ]);
    expect((await content(id, { range: 'bytes=-2' })).text).toBe('89');
    const whole = await content(id, { range: 'bytes=99-' });
    expect([whole.status, whole.text]).toEqual([200, '0123456789']);
  });

  it('of large files arrive whole', async () => {
    const text = randomBytes(4_000_000).toString('base64').slice(0, 5_000_000);
    const id = await upload(text);
    const { body } = await tenant.api.get(`/attachments/${id}`);
    expect(body['sha256']).toBe(createHash('sha256').update(text).digest('hex'));
    expect((await content(id)).text).toBe(text);
  });
});

describe('a file whose time is over', () => {
  it('is emptied, with its name kept, and the bytes go with their last attachment', async () => {
    const owner = await app.tenant();
    const [first, second] = [await upload('twice', { of: owner }), await upload('twice', { of: owner })];
    const [file] = await filesOf(owner);
    await age(first, 31);
    await tidied();
    expect((await owner.api.get(`/attachments/${first}`)).body).toMatchObject({
      filename: 'note.txt',
      size: 5,
      removedAt: expect.any(String),
    });
    const gone = await owner.api.get(`/attachments/${first}/content`);
    expect([gone.status, gone.body['code']]).toEqual([410, 'gone']);
    expect((await owner.api.get(`/attachments/${second}/content`)).text).toBe('twice');
    expect(await filesOf(owner)).toEqual([{ key: file?.key, uses: 1 }]);

    await age(second, 31);
    await tidied();
    expect(await filesOf(owner)).toEqual([]);
    expect(existsSync(pathOf(file?.key ?? ''))).toBe(false);

    const again = await upload('twice', { of: owner });
    expect((await owner.api.get(`/attachments/${again}/content`)).text).toBe('twice');
  });

  it('stays while a message waits that names it, and goes when that is sent', async () => {
    const id = await upload('for later');
    const later = await send('ada@example.com', id, { scheduledAt: new Date(Date.now() + 86_400_000).toISOString() });
    await age(id, 400);
    await tidied();
    expect((await content(id)).status).toBe(200);
    await tenant.api.post(`/messages/${String(later.body['id'])}/cancel`);
    await tidied();
    expect((await content(id)).status).toBe(410);
  });

  it('gets its time anew when a message names it', async () => {
    const id = await upload('named again');
    await age(id, 29);
    const sent = await send('ada@example.com', id);
    await tenant.api.message(sent.body['id'], 'DELIVERED');
    const [row] = await app.sql(
      `SELECT used_at > now() - interval '1 minute' AS "isNew" FROM communication_attachment WHERE id = $1`,
      [id],
    );
    expect(row).toEqual({ isNew: true });
  });

  it('may be ended on purpose, whatever the operator keeps', async () => {
    const id = await upload('erased');
    await app.sql(`UPDATE communication_attachment SET used_at = '-infinity' WHERE id = $1`, [id]);
    await tidied();
    expect((await content(id)).status).toBe(410);
  });

  it('cannot be named by a new message', async () => {
    const id = await upload('too late');
    await age(id, 31);
    await tidied();
    const refused = await send('ada@example.com', id);
    expect([refused.status, refused.body['errors']]).toEqual([
      422,
      [{ pointer: '/attachments/0/attachmentId', message: expect.stringContaining('was removed at') }],
    ]);
  });
});

describe('a message with files', () => {
  it('fails by name when a file is gone from the storage, and is not called sent', async () => {
    const id = await upload('lost by the storage');
    const key = (await filesOf(tenant)).at(-1)?.key ?? '';
    await rm(pathOf(key));
    const sent = await send('ada@example.com', id);
    const failed = await tenant.api.message(sent.body['id'], 'FAILED');
    expect(failed.body['reason']).toMatchObject({ code: 'attachment_gone' });
    expect((await content(id)).status).toBe(503);
  });
});
