import { PERMISSION_NAMES, type Permission } from '../../src/permissions/permissions';
import { Api } from '../support/api';
import { startApp, type TestApp } from '../support/app';
import { readOperations, type Operation } from './operations';

const NOBODY = '00000000-0000-7000-8000-000000000000';
const operations = readOperations();
const guarded = operations.filter(({ permission }) => permission !== undefined);

/** Nothing but health, and what providers call, who sign their calls. */
const OPEN = ['healthLive', 'healthMetrics', 'healthReady'];
const SIGNED = ['webhooksGet', 'webhooksGetByAccount', 'webhooksPost', 'webhooksPostByAccount', 'eventSourcesReceive'];

let app: TestApp;
/** A key with this permission and no other. */
let only: ReadonlyMap<Permission, Api>;
/** A key with every permission but this one. */
let allBut: ReadonlyMap<Permission, Api>;
let asked = 0;

beforeAll(async () => {
  app = await startApp({ RATE_LIMIT_PER_MINUTE: '1000000' });
  const { tenantId } = await app.tenant({ bare: true });
  const keys = async (scopesOf: (permission: Permission) => string[]) => {
    const made: [Permission, Api][] = [];
    for (const name of PERMISSION_NAMES) made.push([name, new Api(app.url, await app.key(tenantId, scopesOf(name)))]);
    return made;
  };
  only = new Map(await keys((permission) => [permission]));
  allBut = new Map(await keys((permission) => PERMISSION_NAMES.filter((name) => name !== permission)));
});
afterAll(() => app.close());

async function statusOf(api: Api | undefined, { method, path, hasBody }: Operation): Promise<number> {
  asked++;
  const target = path.replace(/\{\w+\}/g, NOBODY);
  const verb = method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  if (!api) throw new Error('There is a key for every permission');
  const answer = await (verb === 'get' || verb === 'delete'
    ? api[verb](target)
    : api[verb](target, hasBody ? {} : undefined));
  return answer.status;
}

it('has every operation demand one of the permissions, but for those that are open', () => {
  const open = operations.filter(({ permission }) => permission === undefined).map(({ id }) => id);
  expect(open.toSorted()).toEqual([...OPEN, ...SIGNED].toSorted());
  for (const { id, permission } of guarded)
    expect([id, PERMISSION_NAMES]).toEqual([id, expect.arrayContaining([permission])]);
});

it('has an operation for every permission, but for the one that decides what is shown', () => {
  const used = new Set(guarded.map(({ permission }) => permission));
  expect(PERMISSION_NAMES.filter((name) => !used.has(name))).toEqual(['contacts:pii']);
});

describe('every operation against every permission', () => {
  it.each(guarded.map((operation) => [operation.id, operation] as const))('%s', async (_, operation) => {
    for (const permission of PERMISSION_NAMES) {
      const status = await statusOf(only.get(permission), operation);
      const isOwn = permission === operation.permission;
      const isRefused = status === 403;
      expect([permission, status, isRefused]).toEqual([permission, status, !isOwn || operation.isRaw]);
      expect(status).not.toBe(401);
    }
    expect(await statusOf(allBut.get(operation.permission as Permission), operation)).toBe(403);
    if (!operation.isRaw) return;
    expect(await statusOf(allBut.get('contacts:pii'), operation)).toBe(403);
    expect([401, 403]).not.toContain(await statusOf(allBut.get('stats:read'), operation));
  });

  afterAll(() => {
    console.info(`${guarded.length} operations x ${PERMISSION_NAMES.length} permissions: ${asked} requests`);
  });
});
