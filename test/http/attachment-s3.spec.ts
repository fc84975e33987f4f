import { FileUpkeep } from '../../src/messages/attachments/file-upkeep';
import { S3_KEYS, startS3, type S3Server } from '../storage/s3-server';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { fileForm } from './tenant-things';

let s3: S3Server;
let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  s3 = await startS3();
  app = await startApp({
    STORAGE_URL: `s3://carillon/files?endpoint=${s3.endpoint}&pathStyle=true`,
    S3_ACCESS_KEY_ID: S3_KEYS.accessKeyId,
    S3_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey,
  });
  tenant = await app.tenant();
});
afterAll(async () => {
  await app.close();
  await s3.close();
});

const upload = (content: string) => {
  const { body, headers } = fileForm('note.txt', content);
  return tenant.api.post('/attachments', body, headers);
};

const send = (attachmentId: unknown) =>
  tenant.api.post('/messages', {
    channelType: 'EMAIL',
    to: 'ada@example.com',
    content: { subject: 'Note', text: 'Attached' },
    attachments: [{ attachmentId }],
  });

describe('attachments in a bucket', () => {
  it('are stored, handed out whole and in part, and sent', async () => {
    const { body } = await upload('0123456789');
    const path = `/attachments/${String(body['id'])}/content`;
    expect((await tenant.api.get(path)).text).toBe('0123456789');
    expect((await tenant.api.get(path, { range: 'bytes=4-5' })).text).toBe('45');
    await tenant.api.message((await send(body['id'])).body['id'], 'DELIVERED');
  });

  it('are removed from it when their time is over', async () => {
    const { body } = await upload('for a while');
    const [file] = await app.sql<{ key: string }>(
      `SELECT storage_key AS key FROM communication_file f JOIN communication_attachment a ON a.file_id = f.id WHERE a.id = $1`,
      [body['id']],
    );
    await app.sql(`UPDATE communication_attachment SET used_at = '-infinity' WHERE id = $1`, [body['id']]);
    while ((await app.runtime.app.get(FileUpkeep).tidy()) > 0);
    expect(s3.requests).toContainEqual(expect.stringMatching(`^DELETE /carillon/files/${file?.key}`));
  });

  it('end the start when there is no such bucket, in words that name the variable', async () => {
    const start = startApp({
      STORAGE_URL: `s3://nowhere?endpoint=${s3.endpoint}&pathStyle=true`,
      S3_ACCESS_KEY_ID: S3_KEYS.accessKeyId,
      S3_SECRET_ACCESS_KEY: S3_KEYS.secretAccessKey,
    });
    await expect(start).rejects.toThrow('STORAGE_URL: there is no bucket nowhere.');
  });

  it('wait when the storage does not answer: uploads are refused for now, messages stay in the queue', async () => {
    const { body } = await upload('out of reach');
    await s3.stop();
    const refused = await upload('cannot be kept');
    expect([refused.status, refused.body['code']]).toEqual([503, 'unavailable']);
    expect((await tenant.api.get(`/attachments/${String(body['id'])}/content`)).status).toBe(503);
    const sent = await send(body['id']);
    const waiting = await tenant.api.until(
      `/messages/${String(sent.body['id'])}`,
      (answer) => answer.body['reason'] !== null,
    );
    expect(waiting.body).toMatchObject({ status: 'QUEUED', reason: { code: 'storage_unavailable' }, attempts: 0 });
  });
});
