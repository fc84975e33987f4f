import { createHash, randomUUID } from 'node:crypto';
import { startApp, type TestApp, type TestTenant } from '../support/app';

let app: TestApp;

beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

/** A tenant with this many lines in its log. */
async function withLines(count: number): Promise<TestTenant> {
  const tenant = await app.tenant({ bare: true });
  for (let i = 0; i < count; i++) await tenant.api.post('/users', { subject: `user-${i}` });
  return tenant;
}

const verify = async ({ api }: TestTenant, query = '') => (await api.get(`/audit-log/verify${query}`)).body;
const change = ({ tenantId }: TestTenant, sql: string) => app.sql(sql, [tenantId]);

describe('the chain of the audit log', () => {
  it('holds from the first line to the last, and names the last', async () => {
    const empty = await app.tenant({ bare: true });
    expect(await verify(empty)).toEqual({ intact: true, checked: 0, broken: null, next: null, head: null });

    const tenant = await withLines(5);
    const found = await verify(tenant);
    expect(found).toEqual({
      intact: true,
      checked: 5,
      broken: null,
      next: null,
      head: { seq: 5, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(await verify(tenant, '?after=3')).toMatchObject({ intact: true, checked: 2, head: found['head'] });
    expect(await verify(tenant, '?after=6')).toMatchObject({ intact: false, broken: { seq: 6, fault: 'MISSING' } });
  });

  it('is SHA-256 over the hash before and the line, which anybody can compute', async () => {
    const tenant = await withLines(2);
    const lines = await app.sql<{ prev: Buffer; hash: Buffer; text: string }>(
      `SELECT prev_hash AS prev, hash, jsonb_build_array(tenant_id, seq, id, (extract(epoch FROM at) * 1000000)::bigint, actor,
         action, resource, resource_id, detail)::text AS text FROM audit_log WHERE tenant_id = $1 ORDER BY seq`,
      [tenant.tenantId],
    );
    let before = Buffer.alloc(0);
    for (const { prev, hash, text } of lines) {
      expect(prev).toEqual(before);
      before = createHash('sha256').update(before).update(text).digest();
      expect(hash).toEqual(before);
    }
  });

  it.each([
    ['who did it', `actor = 'key:${randomUUID()}'`],
    ['what was done', `action = 'nothing'`],
    ['to what', `resource_id = 'x'`],
    ['when', `at = at + interval '1 microsecond'`],
    ['the facts', `detail = detail || '{"x": 1}'`],
    ['its id', `id = gen_random_uuid()`],
  ])('shows that a line was changed: %s', async (_, set) => {
    const tenant = await withLines(4);
    await change(tenant, `UPDATE audit_log SET ${set} WHERE tenant_id = $1 AND seq = 3`);
    expect(await verify(tenant)).toMatchObject({ intact: false, checked: 2, broken: { seq: 3, fault: 'CHANGED' } });
  });

  it('shows that a line was changed and its hash made anew', async () => {
    const tenant = await withLines(4);
    await change(
      tenant,
      `UPDATE audit_log SET action = 'nothing', hash = audit_line_hash(prev_hash, tenant_id, seq, id, at, actor, 'nothing',
         resource, resource_id, detail) WHERE tenant_id = $1 AND seq = 2`,
    );
    expect(await verify(tenant)).toMatchObject({ broken: { seq: 3, fault: 'UNLINKED' } });
    await change(
      tenant,
      `UPDATE audit_log SET action = 'nothing', hash = audit_line_hash(prev_hash, tenant_id, seq, id, at, actor, 'nothing',
         resource, resource_id, detail) WHERE tenant_id = $1 AND seq = 4`,
    );
    expect(await verify(tenant, '?after=3')).toMatchObject({ broken: { seq: 4, fault: 'CHANGED' } });
  });

  it.each([
    ['the first', 'seq = 1', 1],
    ['one in the middle', 'seq = 2', 2],
    ['the last', 'seq = 4', 4],
    ['the last two', 'seq > 2', 3],
    ['all', 'true', 1],
  ])('shows that lines were removed: %s', async (_, where, seq) => {
    const tenant = await withLines(4);
    await change(tenant, `DELETE FROM audit_log WHERE tenant_id = $1 AND ${where}`);
    expect(await verify(tenant)).toMatchObject({ intact: false, broken: { seq, id: null, fault: 'MISSING' } });
  });

  it('shows that a line was put in', async () => {
    const tenant = await withLines(3);
    const id = randomUUID();
    await app.sql(
      `INSERT INTO audit_log (tenant_id, id, actor, action, resource, seq, prev_hash, hash)
       SELECT tenant_id, $2::uuid, 'key:x', 'a', 'r', 4, hash,
         audit_line_hash(hash, tenant_id, 4, $2::uuid, now(), 'key:x', 'a', 'r', NULL, '{}') FROM audit_chain WHERE tenant_id = $1`,
      [tenant.tenantId, id],
    );
    expect(await verify(tenant)).toMatchObject({ intact: false, checked: 3, broken: { seq: 4, id, fault: 'ADDED' } });
  });

  it('stays one chain with fifty writers at once, and none of them waits for ever', async () => {
    const tenant = await app.tenant({ bare: true });
    const paths = Array.from({ length: 50 }, (_, i) => (i % 2 ? '/users' : '/contacts'));
    const answers = await Promise.all(
      paths.map((path, i) => tenant.api.post(path, path === '/users' ? { subject: `u${i}` } : { name: `C ${i}` })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(await verify(tenant)).toMatchObject({ intact: true, checked: 50, head: { seq: 50 } });
  });

  it('has no line of what was not done', async () => {
    const tenant = await withLines(1);
    expect((await tenant.api.post('/users', { subject: 'user-0' })).status).toBe(409);
    expect((await tenant.api.delete(`/users/${randomUUID()}`)).status).toBe(404);
    expect(await verify(tenant)).toMatchObject({ intact: true, checked: 1, head: { seq: 1 } });
  });

  it('is read in stretches when it is long', async () => {
    const tenant = await withLines(1);
    await app.sql(
      `DO $$ DECLARE t uuid := '${tenant.tenantId}'; head audit_chain; line uuid; h bytea; BEGIN
         SELECT * INTO head FROM audit_chain WHERE tenant_id = t;
         h := head.hash;
         FOR i IN 2..50500 LOOP
           line := ('00000000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid;
           INSERT INTO audit_log (tenant_id, id, actor, action, resource, resource_id, detail, seq, prev_hash, hash)
           VALUES (t, line, 'key:x', 'a', 'r', NULL, '{}', i, h, audit_line_hash(h, t, i, line, now(), 'key:x', 'a', 'r', NULL, '{}'))
           RETURNING hash INTO h;
         END LOOP;
         UPDATE audit_chain SET seq = 50500, hash = h WHERE tenant_id = t;
       END $$`,
    );
    const started = performance.now();
    expect(await verify(tenant)).toMatchObject({ intact: true, checked: 50_000, next: 50_000 });
    console.info(`50,000 lines verified in ${Math.round(performance.now() - started)} ms`);
    expect(await verify(tenant, '?after=50000')).toMatchObject({ intact: true, checked: 500, next: null });
  });
});

describe('the audit log', () => {
  it('is searched by who, what, which and when', async () => {
    const tenant = await withLines(2);
    const [, first] = (await tenant.api.get('/audit-log')).body['data'] as {
      at: string;
      actor: string;
      resourceId: string;
    }[];
    await tenant.api.delete(`/users/${first!.resourceId}`);
    const count = async (query: string) =>
      ((await tenant.api.get(`/audit-log?${query}`)).body['data'] as unknown[]).length;
    expect(await count('action=user.created')).toBe(2);
    expect(await count('action=user.removed')).toBe(1);
    expect(await count(`resource=user&resourceId=${first!.resourceId}`)).toBe(2);
    expect(await count('resource=channel')).toBe(0);
    expect(await count(`actor=${first!.actor}`)).toBe(3);
    expect(await count('actor=key')).toBe(0);
    expect(await count(`until=${first!.at}`)).toBe(0);
    expect(await count(`from=${first!.at}`)).toBe(3);
    for (const query of ['from=yesterday', 'until=1', 'actor=', 'colour=red'])
      expect((await tenant.api.get(`/audit-log?${query}`)).status).toBe(422);
  });
});
