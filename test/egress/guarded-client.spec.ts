import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { EgressFault } from '../../src/platform/egress/egress-fault';
import { GuardedClient, MEDIA, WEBHOOK, type EgressPolicy } from '../../src/platform/egress/guarded-client';
import { nameResolver } from '../../src/platform/egress/name-resolver';
import { startDns, type DnsServer } from './dns-server';
import { OUTSIDE, startInside, startWeb, type Inside, type WebServer } from './egress-stage';
import { FORBIDDEN } from './vectors';

const CERTIFICATES = JSON.parse(
  readFileSync(join(__dirname, '../providers/vectors/tls-test-certificates.json'), 'utf8'),
) as Record<'localhost' | 'other', { key: string; cert: string }>;

/** What `rebind.test` leads to: another address for each look-up. */
let turn = 0;
const ADDRESSES: Readonly<Record<string, readonly string[]>> = {
  'good.test': [OUTSIDE],
  'mail.other.example': [OUTSIDE],
  'loopback.test': ['127.0.0.1'],
  'loopback6.test': ['::1'],
  'both.test': [OUTSIDE, '127.0.0.1'],
  'mixed.test': [OUTSIDE, '::1'],
  'mapped.test': ['::ffff:7f00:1'],
  'metadata.test': ['169.254.169.254'],
  'metadata.google.internal': ['169.254.169.254'],
  localhost: ['127.0.0.1'],
};

let dns: DnsServer;
let inside: Inside;
let web: WebServer;
let tls: WebServer;

const text = (body: string, status = 200, headers = {}) => ({ body, status, headers });
type Page = ReturnType<typeof text>;
/** What the server outside says at each path. */
let pages: Record<string, () => Page> = {};

beforeAll(async () => {
  dns = await startDns((name, type) => {
    const rebound = name === 'rebind.test' ? [turn++ % 2 === 0 ? OUTSIDE : '127.0.0.1'] : undefined;
    return (rebound ?? ADDRESSES[name] ?? []).filter((address) => address.includes(':') === (type === 'AAAA'));
  });
  inside = await startInside();
  web = await startWeb((request, response) => {
    const page = pages[request.url ?? '']?.() ?? text('hello');
    response.writeHead(page.status, page.headers).end(page.body);
  });
  tls = await startWeb((_request, response) => response.end('over TLS'), { tls: CERTIFICATES.other });
});
afterAll(async () => {
  await Promise.all([web.close(), tls.close(), inside.close(), dns.close()]);
});
beforeEach(() => {
  pages = {};
});

/** As an operator would open it as far as can be: http, every port in question, and the network of the server outside. */
function client(rules: { allowHttp?: boolean; ports?: number[]; networks?: string[] } = {}): GuardedClient {
  const open = { allowHttp: true, ports: [inside.port, web.port, tls.port], networks: [`${OUTSIDE}/32`] };
  return new GuardedClient(
    { ...open, ...rules },
    { resolve: nameResolver([dns.address]), ca: CERTIFICATES.other.cert },
  );
}

async function fetched(url: string, policy: EgressPolicy = MEDIA, from = client()): Promise<string> {
  const { status, body } = await from.fetch({ url }, policy);
  return `${status} ${(await buffer(body)).toString()}`;
}

/** Why a call gave nothing. */
async function why(url: string, policy: EgressPolicy = MEDIA, from = client()): Promise<string> {
  return fetched(url, policy, from).then(
    (answer) => `it answered ${answer.slice(0, 50)}`,
    (error: unknown) => (error instanceof EgressFault ? error.why : String(error)),
  );
}

const out = (path = '/', host = 'good.test') => `http://${host}:${web.port}${path}`;
const redirectTo = (location: string, status = 302) => text('', status, { location });

describe('an address that a tenant names', () => {
  it('is fetched where it leads outside, under its own name', async () => {
    expect(await fetched(out('/a?b=c#d'))).toBe('200 hello');
    const request = web.requests.at(-1);
    expect([request?.url, request?.headers.host]).toEqual(['/a?b=c', `good.test:${web.port}`]);
    expect(request?.headers['accept-encoding']).toBe('identity');
    expect(await fetched(out('/', OUTSIDE))).toBe('200 hello');
  });

  it('may have a dot at its end, which the server does not hear of', async () => {
    expect(await fetched(out('/', 'good.test.'))).toBe('200 hello');
    expect(web.requests.at(-1)?.headers.host).toBe(`good.test:${web.port}`);
  });

  it('is fetched over TLS from the server that its name belongs to, and from no other', async () => {
    expect(await fetched(`https://mail.other.example:${tls.port}/`)).toBe('200 over TLS');
    expect(await why(`https://good.test:${tls.port}/`)).toBe('unreachable');
    expect(await why(`https://${OUTSIDE}:${tls.port}/`)).toBe('unreachable');
  });

  it.each(FORBIDDEN)('is refused as %s', async (_name, url) => {
    expect(await why(url.replaceAll('PORT', String(inside.port)))).toBe('not_allowed');
    expect(inside.hits).toBe(0);
  });

  it('is refused 60 times and more, and what listens inside could have been reached', async () => {
    expect(FORBIDDEN.length).toBeGreaterThanOrEqual(60);
    for (const host of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '0.0.0.0']) {
      const before = inside.hits;
      await new Promise<void>((resolve, reject) => {
        connect(inside.port, host)
          .on('error', reject)
          .on('close', () => resolve())
          .resume();
      });
      expect(inside.hits).toBe(before + 1);
    }
    inside.hits = 0;
  });

  it('is https on port 443 or 8443 unless the operator says more', async () => {
    const strict = client({ allowHttp: false, ports: [] });
    expect(await why(out(), MEDIA, strict)).toBe('not_allowed');
    expect(await why('http://good.test/', MEDIA, strict)).toBe('not_allowed');
    expect(await why(`https://mail.other.example:${tls.port}/`, MEDIA, strict)).toBe('not_allowed');
    for (const port of ['', ':443', ':8443'])
      expect(await why(`https://mail.other.example${port}/`, MEDIA, strict)).toBe('unreachable');
  });

  it('does not lead inside when the operator allows no network, and does when it allows one', async () => {
    expect(await why(out(), MEDIA, client({ networks: [] }))).toBe('not_allowed');
    expect(await fetched(out(), MEDIA, client({ networks: ['10.0.0.0/8', '127.0.0.2/31'] }))).toBe('200 hello');
  });

  it('does not go through a proxy that the environment names', async () => {
    const names = ['HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    for (const name of names) process.env[name] = `http://127.0.0.1:${inside.port}`;
    try {
      expect(await fetched(out())).toBe('200 hello');
      expect(inside.hits).toBe(0);
    } finally {
      for (const name of names) delete process.env[name];
    }
  });
});

describe('a name that leads somewhere else each time', () => {
  it('is asked for once a call, and never leads inside', async () => {
    const answers = new Map<string, number>();
    for (let call = 0; call < 100; call++) {
      const asked = dns.questions.length;
      // Both servers have a listener at this port: whatever the name leads to, somebody answers.
      const outcome = await why(`http://rebind.test:${web.port}/`);
      answers.set(outcome, (answers.get(outcome) ?? 0) + 1);
      expect(dns.questions.slice(asked).filter((question) => question === 'rebind.test A')).toHaveLength(1);
    }
    expect(inside.hits).toBe(0);
    expect([...answers.keys()].toSorted()).toEqual(['it answered 200 hello', 'not_allowed']);
  });

  it('is not asked for again by a connection, which goes to the address that was looked at', async () => {
    // The first look-up is the good one; every later one would lead to the listener inside.
    let asked = 0;
    const trap = await startDns((name, type) =>
      type === 'A' && name === 'trap.test' ? [asked++ ? '127.0.0.1' : OUTSIDE] : [],
    );
    const trapped = new GuardedClient(
      { allowHttp: true, ports: [web.port, inside.port], networks: [`${OUTSIDE}/32`] },
      { resolve: nameResolver([trap.address]) },
    );
    expect(await fetched(`http://trap.test:${web.port}/`, MEDIA, trapped)).toBe('200 hello');
    expect(asked).toBeGreaterThanOrEqual(1);
    expect(trap.questions.filter((question) => question === 'trap.test A')).toHaveLength(1);
    expect(inside.hits).toBe(0);
    await trap.close();
  });
});

describe('a connection', () => {
  it('that ends up elsewhere than at the address that was looked at is not used', async () => {
    // Whoever connects to 0.0.0.0 gets to 127.0.0.1, which is allowed nowhere.
    const local = await startWeb((_, response) => response.end('secret'), { host: '127.0.0.1' });
    const careless = client({ ports: [local.port], networks: ['0.0.0.0/32'] });
    expect(await why(`http://0.0.0.0:${local.port}/`, MEDIA, careless)).toBe('not_allowed');
    expect(local.requests).toEqual([]);
    await local.close();
  });
});

describe('a redirect', () => {
  const targets: [string, () => string][] = [
    ['to loopback', () => `http://127.0.0.1:${inside.port}/`],
    ['to IPv6 loopback', () => `http://[::1]:${inside.port}/`],
    ['to a private network', () => `http://10.0.0.1:${inside.port}/`],
    ['to metadata', () => `http://169.254.169.254:${inside.port}/`],
    ['to a name inside', () => `http://loopback.test:${inside.port}/`],
    ['without a scheme', () => `//127.0.0.1:${inside.port}/`],
    ['to a port', () => 'http://good.test:6379/'],
    ['to a file', () => 'file:///etc/passwd'],
    ['with a user name', () => `http://ada@good.test:${web.port}/`],
    ['that is no address', () => 'http://['],
  ];

  it.each(targets)('%s is not followed', async (_, target) => {
    for (const status of [301, 302, 303, 307, 308]) {
      pages['/start'] = () => redirectTo(target(), status);
      expect(await why(out('/start'))).toBe('not_allowed');
    }
    pages['/chain'] = () => redirectTo(out('/start'));
    expect(await why(out('/chain'))).toBe('not_allowed');
    expect(inside.hits).toBe(0);
  });

  it('is followed three times, and not in a loop', async () => {
    for (const step of [1, 2, 3, 4]) pages[`/${step}`] = () => redirectTo(`/${step + 1}`);
    expect(await fetched(out('/2'))).toBe('200 hello');
    expect(await why(out('/1'))).toBe('not_allowed');
    pages['/loop'] = () => redirectTo('/loop', 301);
    const before = web.requests.length;
    expect(await why(out('/loop'))).toBe('not_allowed');
    expect(web.requests.length - before).toBe(4);
  });

  it('is the answer where none may be followed', async () => {
    pages['/start'] = () => redirectTo(`http://127.0.0.1:${inside.port}/`);
    expect(await fetched(out('/start'), WEBHOOK)).toBe('302 ');
    expect(inside.hits).toBe(0);
  });

  it('takes the credentials along to the same server only', async () => {
    const headers = { Authorization: 'Basic c2VjcmV0' };
    pages['/same'] = () => redirectTo('/there');
    pages['/other'] = () => redirectTo(out('/elsewhere', 'mail.other.example'));
    for (const path of ['/same', '/other']) {
      const { body } = await client().fetch({ url: out(path), headers }, MEDIA);
      await buffer(body);
    }
    const sent = web.requests.slice(-4).map(({ url, headers: { authorization } }) => `${url} ${authorization}`);
    expect(sent).toEqual([
      '/same Basic c2VjcmV0',
      '/there Basic c2VjcmV0',
      '/other Basic c2VjcmV0',
      '/elsewhere undefined',
    ]);
  });

  it('leads only to servers that are meant, where the caller names them', async () => {
    pages['/other'] = () => redirectTo(out('/elsewhere', 'mail.other.example'));
    const mayCall = (host: string) => host === 'good.test';
    await expect(client().fetch({ url: out('/other'), mayCall }, MEDIA)).rejects.toMatchObject({ why: 'not_allowed' });
    await expect(client().fetch({ url: out('/', OUTSIDE), mayCall }, MEDIA)).rejects.toMatchObject({
      why: 'not_allowed',
    });
  });
});
