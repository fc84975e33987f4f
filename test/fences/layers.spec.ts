import { Copy, ROOT, runScript, sourceFiles } from './tree';

const CRUISER = 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs';
const FEATURES = [
  'tenants',
  'permissions',
  'channels',
  'contacts',
  'preferences',
  'templates',
  'events',
  'sessions',
  'messages',
  'tracking',
  'campaigns',
  'automation',
  'webhooks',
  'webhook-endpoints',
  'event-streams',
  'sandbox',
  'analytics',
  'people',
  'health',
];
const TARGET = 'export const target = 1;\n';

interface Cruise {
  modules: { source: string }[];
  summary: { violations: { from: string; to: string; rule: { name: string } }[] };
}

/** Rule name -> the file that breaks it and what it imports. */
const PLANTS: Readonly<Record<string, { path: string; imports: string }>> = {
  'no-circular': { path: 'src/tenants/planted-circle.ts', imports: './planted-back' },
  'platform-is-the-floor': { path: 'src/platform/db/planted.ts', imports: '../../tenants/planted-target' },
  'folders-are-known': { path: 'src/utils/planted.ts', imports: '../config' },
  'providers-know-only-the-contract': { path: 'src/providers/acme/planted.ts', imports: '../zenith/planted-target' },
  'contract-knows-no-provider': { path: 'src/providers/planted.ts', imports: './zenith/planted-target' },
  'no-framework-in-providers': { path: 'src/providers/acme/planted-nest.ts', imports: '@nestjs/common' },
  'no-network-in-providers': { path: 'src/providers/acme/planted-network.ts', imports: 'node:https' },
  'providers-behind-the-registry': { path: 'src/messages/planted.ts', imports: '../providers/zenith/planted-target' },
  'nothing-imports-the-app': { path: 'src/tenants/planted-app.ts', imports: '../planted-main' },
  'config-stands-alone': { path: 'src/config.ts', imports: './tenants/planted-target' },
  'migrations-stand-alone': { path: 'migrations/1-planted.ts', imports: '../src/tenants/planted-target' },
  'no-test-in-production': { path: 'src/tenants/planted-test.ts', imports: '../../test/planted-target' },
  'no-dev-dependency': { path: 'src/tenants/planted-dev.ts', imports: 'fast-check' },
  resolvable: { path: 'src/tenants/planted-lost.ts', imports: './nowhere-at-all' },
  ...Object.fromEntries(
    FEATURES.slice(0, -1).map((feature, index) => [
      `feature-order-${feature}`,
      { path: `src/${feature}/planted-order.ts`, imports: `../${FEATURES[index + 1]}/planted-target` },
    ]),
  ),
};

describe('the layers', () => {
  const copy = new Copy(['src', 'migrations', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs']);
  afterAll(() => copy.remove());

  it('hold in the source, and nearly all of it was read', async () => {
    const { modules, summary } = await cruise(ROOT);
    const files = sourceFiles(ROOT, ['src', 'migrations']);
    const read = modules.filter((module) => /^(src|migrations)\/.*\.ts$/.test(module.source));

    expect(summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`)).toEqual([]);
    expect(files.length).toBeGreaterThan(0);
    expect(read.length).toBeGreaterThanOrEqual(files.length * 0.8);
  });

  it('catch an illegal import of every kind', async () => {
    copy.plant({
      'src/tenants/planted-back.ts': importing('./planted-circle'),
      'src/planted-main.ts': TARGET,
      'src/providers/zenith/planted-target.ts': TARGET,
      'test/planted-target.ts': TARGET,
      ...Object.fromEntries(FEATURES.map((feature) => [`src/${feature}/planted-target.ts`, TARGET])),
      ...Object.fromEntries(Object.values(PLANTS).map(({ path, imports }) => [path, importing(imports)])),
    });
    const { summary } = await cruise(copy.root);
    // A circle is reported from either of its ends.
    const caught = new Set(
      summary.violations.flatMap(({ from, to, rule }) => [`${rule.name}: ${from}`, `${rule.name}: ${to}`]),
    );
    const missed = Object.entries(PLANTS).filter(([rule, { path }]) => !caught.has(`${rule}: ${path}`));

    expect(missed).toEqual([]);
  });

  it('have no rule that was not tried', () => {
    const { forbidden } = jest.requireActual<{ forbidden: { name: string }[] }>('../../.dependency-cruiser.cjs');

    expect(forbidden.map((rule) => rule.name).sort()).toEqual(Object.keys(PLANTS).sort());
  });
});

function importing(module: string): string {
  return `import * as imported from '${module}';\nexport const planted = imported;\n`;
}

async function cruise(root: string): Promise<Cruise> {
  const args = ['--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src', 'migrations'];
  const { stdout } = await runScript(CRUISER, args, root);
  return JSON.parse(stdout) as Cruise;
}
