import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { DataSource } from 'typeorm';
import { readConfig } from '../../src/config';
import { Public, Requires } from '../../src/platform/http/caller';
import { PlatformModule } from '../../src/platform/platform.module';
import { parseKeyRing } from '../../src/platform/secrets/key-ring';
import { PERMISSION_NAMES } from '../../src/permissions/permissions';
import { Api, type Answer } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { TEST_MASTER_KEY } from '../support/test-database';
import { readOperations, type Operation } from './operations';

const QUOTA = 2_000;

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp({ RATE_LIMIT_PER_MINUTE: String(QUOTA) });
  tenant = await app.tenant();
});
afterAll(() => app.close());

const code = ({ status, body }: Answer) => [status, body['code']];
const UNAUTHORIZED = [401, 'unauthorized'];

/** Operations that strangers may call; providers sign theirs. */
const PUBLIC = ['webhooksPost', 'webhooksGet', 'webhooksPostByAccount', 'webhooksGetByAccount', 'eventSourcesReceive'];

/** They change nothing that the permission to write is for. */
const READING = ['segmentsPreview', 'templatesPreview', 'contactExportsCreate'];

const operations = readOperations().filter(({ isApi }) => isApi);
const guarded = operations.filter(({ id }) => !PUBLIC.includes(id));
const NOBODY = '00000000-0000-7000-8000-000000000000';

function ask({ method, path, hasBody }: Operation, key?: string): Promise<Answer> {
  const target = path.replace(/\{\w+\}/g, NOBODY);
  const api = new Api(app.url, key);
  const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  return verb === 'get' || verb === 'delete' ? api[verb](target) : api[verb](target, hasBody ? {} : undefined);
}

describe('every operation', () => {
  it.each(guarded.map((operation) => [operation.id, operation] as const))(
    '%s demands a key, and of the key one permission, which it names',
    async (_, operation) => {
      expect(code(await ask(operation))).toEqual(UNAUTHORIZED);
      const powerless = await app.key(tenant.tenantId, []);
      const refused = await ask(operation, powerless);
      expect(code(refused)).toEqual([403, 'forbidden']);
      const permission = /lacks the permission ([a-z]+:[a-z]+)\.$/.exec(String(refused.body['detail']))?.[1] ?? '';
      expect(PERMISSION_NAMES).toContain(permission);

      const others = await app.key(
        tenant.tenantId,
        PERMISSION_NAMES.filter((name) => name !== permission),
      );
      expect((await ask(operation, others)).status).toBe(403);
      const enough = await app.key(tenant.tenantId, [permission, 'contacts:pii']); // files are of people besides
      expect([401, 403]).not.toContain((await ask(operation, enough)).status);
    },
  );

  it('reads with one permission what it writes with another', async () => {
    const readers = PERMISSION_NAMES.filter((name) => name.endsWith(':read'));
    const key = await app.key(tenant.tenantId, readers);
    const writing = guarded.filter(({ method, id }) => method !== 'GET' && !READING.includes(id));
    for (const operation of writing)
      expect([operation.id, (await ask(operation, key)).status]).toEqual([operation.id, 403]);
  });
});

describe('a key', () => {
  const read = (key: string) => new Api(app.url, key).get('/channels');

  it.each([
    ['none at all', {}],
    ['another scheme', { authorization: 'Basic YTpi' }],
    ['no token', { authorization: 'Bearer ' }],
    ['two tokens', { authorization: 'Bearer a b' }],
    ['a key that nobody has', { authorization: `Bearer ck_live_${'a'.repeat(8)}_${'b'.repeat(32)}` }],
    ['10,000 characters', { authorization: `Bearer ${'a'.repeat(10_000)}` }],
    ['an unsigned JSON Web Token', { authorization: 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIqIn0.' }],
    ['a key in the wrong header', { 'x-api-key': 'TENANT_KEY' }],
  ])('is refused when it is %s', async (_, headers) => {
    const given = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('TENANT_KEY', tenant.key)]),
    );
    const answer = await new Api(app.url).get('/channels', given);
    expect(code(answer)).toEqual(UNAUTHORIZED);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('is not taken from the query', async () => {
    for (const name of ['key', 'api_key', 'access_token'])
      expect(code(await new Api(app.url).get(`/channels?${name}=${tenant.key}`))).toEqual(UNAUTHORIZED);
  });

  it('is refused in part and in other case', async () => {
    for (const key of [tenant.key.slice(0, -1), `${tenant.key}a`, tenant.key.toUpperCase()])
      expect(code(await read(key))).toEqual(UNAUTHORIZED);
    expect((await new Api(app.url).get('/channels', { authorization: `bearer ${tenant.key}` })).status).toBe(200);
  });

  // A known key may be remembered for a second.
  it.each([
    ['revoked', 'UPDATE api_key SET revoked_at = now() WHERE tenant_id = $1'],
    ['expired', `UPDATE api_key SET expires_at = now() - interval '1 second' WHERE tenant_id = $1`],
    ['of a suspended tenant', `UPDATE tenant SET status = 'SUSPENDED' WHERE id = $1`],
  ])('stops working after a second at most when it is %s, though just used', async (_, change) => {
    const other = await app.tenant({ bare: true });
    expect((await read(other.key)).status).toBe(200);
    await app.sql(change, [other.tenantId]);
    expect(code(await other.api.until('/channels', ({ status }) => status !== 200, 3_000))).toEqual(UNAUTHORIZED);
  });

  it('stops working at once in the process that revoked it', async () => {
    const made = await tenant.api.post('/api-keys', { name: 'Short', scopes: ['channels:read'] });
    const key = String(made.body['key']);
    expect((await read(key)).status).toBe(200);
    expect((await tenant.api.delete(`/api-keys/${String(made.body['id'])}`)).status).toBe(204);
    expect((await read(key)).status).toBe(401);
  });

  it('works again when the tenant is active again', async () => {
    const other = await app.tenant({ bare: true });
    await app.sql(`UPDATE tenant SET status = 'SUSPENDED' WHERE id = $1`, [other.tenantId]);
    expect((await read(other.key)).status).toBe(401);
    await app.sql(`UPDATE tenant SET status = 'ACTIVE' WHERE id = $1`, [other.tenantId]);
    await other.api.until('/channels', ({ status }) => status === 200);
  });
});

describe('the rate limit', () => {
  it('counts each key by itself, tells what is left, and answers 429 with Retry-After when nothing is', async () => {
    const [busy, calm] = [
      await app.key(tenant.tenantId, ['channels:read']),
      await app.key(tenant.tenantId, ['channels:read']),
    ];
    const first = await new Api(app.url, busy).get('/channels?limit=1');
    expect(first.headers.get('ratelimit-policy')).toBe(`"default";q=${QUOTA};w=60`);
    expect(first.headers.get('ratelimit')).toMatch(new RegExp(`^"default";r=${QUOTA - 1};t=\\d+$`));

    for (let left = QUOTA - 1; left > 0; left -= 100)
      await Promise.all(Array.from({ length: Math.min(left, 100) }, () => new Api(app.url, busy).get('/channels/x')));
    const refused = await new Api(app.url, busy).get('/channels');
    expect(code(refused)).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('ratelimit')).toMatch(/^"default";r=0;t=\d+$/);
    expect((await new Api(app.url, calm).get('/channels')).status).toBe(200);
  });
});

describe('the start-up', () => {
  @Controller('guarded')
  class GuardedController {
    @Get('a')
    @Requires('stats:read')
    a(): string {
      return 'a';
    }

    @Get('b')
    @Public()
    b(): string {
      return 'b';
    }

    /** No route. */
    inner(): string {
      return 'c';
    }
  }

  @Controller('forgotten')
  class ForgottenController {
    @Get('a')
    @Requires('stats:read')
    a(): string {
      return 'a';
    }

    @Get('b')
    b(): string {
      return 'b';
    }
  }

  @Requires('stats:read')
  @Controller('covered')
  class CoveredController {
    @Get()
    a(): string {
      return 'a';
    }
  }

  async function start(...controllers: (new () => object)[]): Promise<void> {
    const pool = {} as DataSource; // nothing here asks the database
    const resources = {
      config: readConfig({ MASTER_KEY: TEST_MASTER_KEY }),
      keyRing: parseKeyRing(TEST_MASTER_KEY),
      appPool: pool,
      workerPool: pool,
    };
    @Module({ imports: [PlatformModule.with(resources)], controllers })
    class TinyModule {}
    const options = { logger: false, abortOnError: false } as const;
    const tiny = await NestFactory.create(TinyModule, new FastifyAdapter(), options);
    await tiny.init().finally(() => void tiny.close());
  }

  it('is refused for a route that says neither what it requires nor that it is public, by name', async () => {
    const fault = 'Routes without @Requires or @Public: ForgottenController.b';
    await expect(start(GuardedController, ForgottenController)).rejects.toThrow(new Error(fault));
  });

  it('goes on when every route says so, itself or through its controller', async () => {
    await expect(start(GuardedController, CoveredController)).resolves.toBeUndefined();
  });
});
