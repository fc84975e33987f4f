import { uuidv7 } from '../../src/platform/db/uuid';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { ledger, linkFor, press, suppressed, visit } from './page-visits';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const ONE_CLICK = 'List-Unsubscribe=One-Click';

describe('a page', () => {
  it('runs nothing, shows itself in no frame, tells nobody where it was and is kept nowhere', async () => {
    const { headers, html } = await visit(await linkFor(app, tenant, 'policy@example.com'));
    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"])
      expect(policy).toContain(rule);
    expect(policy).not.toContain('unsafe');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-robots-tag')).toContain('noindex');
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html).not.toMatch(/<script|javascript:|\son\w+=|https?:/i);
  });

  it('is the same for every token that is not ours, in the language of the browser', async () => {
    const url = await linkFor(app, tenant, 'forged@example.com');
    const token = url.split('/').at(-1) ?? '';
    const at = (index: number) =>
      `${token.slice(0, index)}${token[index] === 'A' ? 'B' : 'A'}${token.slice(index + 1)}`;
    const forged = [
      at(0),
      at(25),
      at(60),
      at(token.length - 30),
      token.slice(0, -1),
      `${token}A`,
      'x',
      token.toUpperCase(),
    ];
    const pages = new Set<string>();
    for (const [index, each] of forged.entries()) {
      const { status, html } = await visit(url.replace(token, each), { headers: { 'accept-language': 'de' } });
      expect([index, status]).toEqual([index, 404]);
      pages.add(html);
    }
    expect(pages.size).toBe(1);
    expect([...pages][0]).toContain('Dieser Link funktioniert nicht');
    const posted = await visit(url.replace(token, at(60)), { method: 'POST', headers: FORM, body: ONE_CLICK });
    expect(posted.status).toBe(404);
  });

  it.each([
    ['without a button', [['level', 'chosen']]],
    ['with an unknown button', [['do', 'destroy']]],
    ['with the button of another link', [['do', 'confirm']]],
    ['without a level', [['do', 'save']]],
    [
      'with a level that is none',
      [
        ['do', 'save'],
        ['level', 'some'],
      ],
    ],
    [
      'with two levels',
      [
        ['do', 'save'],
        ['level', 'chosen'],
        ['level', 'nothing'],
      ],
    ],
    [
      'with a field that is not there',
      [
        ['do', 'save'],
        ['level', 'nothing'],
        ['admin', '1'],
      ],
    ],
    [
      'with a field that is too long',
      [
        ['do', 'save'],
        ['level', 'nothing'],
        ['topic', 'x'.repeat(300)],
      ],
    ],
  ] as [string, [string, string][]][])('refuses a form %s, and changes nothing', async (_, fields) => {
    const to = 'broken.form@example.com';
    const { status, html } = await press(await linkFor(app, tenant, to), fields);
    expect([status, html.includes('We could not read that')]).toEqual([422, true]);
    expect([await suppressed(app, tenant, to), await ledger(app, tenant, to)]).toEqual([[], []]);
  });

  it.each([
    ['JSON', 'application/json', '{"List-Unsubscribe":"One-Click"}'],
    ['a multipart form without a boundary', 'multipart/form-data', 'x'],
    ['a multipart form that breaks off', 'multipart/form-data; boundary=x', '--x\r\nContent-Disp'],
    ['nothing', 'application/x-www-form-urlencoded', ''],
  ])('refuses %s', async (_, type, body) => {
    const url = await linkFor(app, tenant, 'other.body@example.com');
    expect((await visit(url, { method: 'POST', headers: { 'content-type': type }, body })).status).toBe(422);
  });

  it('is not there for a tenant that is gone', async () => {
    const nobody = { ...tenant, tenantId: uuidv7() };
    expect((await visit(await linkFor(app, nobody, 'moved@example.com', { bare: true }))).status).toBe(404);
  });

  it('lets those who guess wait, in words that people understand', async () => {
    const guesses = await Promise.all(Array.from({ length: 60 }, (_, i) => visit(`${app.url}/p/guess-${i}`)));
    const refused = guesses.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(10);
    expect(refused[0]?.html).toContain('Too many requests');
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0);
  });
});
