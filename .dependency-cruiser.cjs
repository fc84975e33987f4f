/**
 * Dependencies point one way: platform <- features <- app. Providers see only their contract, features see only the
 * registry. test/fences/layers.spec.ts plants one illegal import per rule and must see each of them caught.
 */

/** Leftward only: a feature may import those that stand before it. */
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

/** What a provider must not know: the framework, the database, and every way to the network but its ProviderIo. */
const FRAMEWORK = 'node_modules/(@nestjs|typeorm|pg|pg-boss|fastify|express|rxjs|reflect-metadata|class-validator)/';
const NETWORK =
  '^(node:)?(http|https|http2|net|tls|dgram|child_process)$|node_modules/(undici|axios)/|node_modules/nodemailer/(?!.*/mail-composer/)';

const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const featureOrder = FEATURES.slice(0, -1).map((feature, index) =>
  error(
    `feature-order-${feature}`,
    `src/${feature} may import only the features on its left`,
    { path: `^src/${feature}/` },
    { path: `^src/(${FEATURES.slice(index + 1).join('|')})/` },
  ),
);

module.exports = {
  forbidden: [
    error('no-circular', 'a circle has no first page to read', {}, { circular: true }),
    error(
      'platform-is-the-floor',
      'platform knows nothing of messaging',
      { path: '^src/platform/' },
      { path: '^src/', pathNot: '^src/(platform/|config\\.ts$)' },
    ),
    ...featureOrder,
    error(
      'folders-are-known',
      'a new folder gets its place in FEATURES first',
      { path: '^src/[^/]+/', pathNot: `^src/(platform|providers|${FEATURES.join('|')})/` },
      {},
    ),
    error(
      'providers-know-only-the-contract',
      'a provider folder imports itself and the files directly in src/providers',
      { path: '^src/providers/([^/]+)/' },
      {
        path: '^(src|migrations|test)/',
        pathNot: ['^src/providers/$1/', '^src/providers/(?!index|registry)[^/]+\\.ts$'],
      },
    ),
    error(
      'contract-knows-no-provider',
      'only index.ts names the providers',
      { path: '^src/providers/[^/]+\\.ts$', pathNot: ['^src/providers/index\\.ts$', '\\.spec\\.ts$'] },
      { path: '^src/', pathNot: '^src/providers/[^/]+\\.ts$' },
    ),
    error(
      'no-framework-in-providers',
      'a provider is a plain object',
      { path: '^src/providers/' },
      { path: FRAMEWORK },
    ),
    error(
      'no-network-in-providers',
      'all the outside world a provider has is ProviderIo',
      { path: '^src/providers/', pathNot: '\\.spec\\.ts$' },
      { path: NETWORK },
    ),
    error(
      'providers-behind-the-registry',
      'the application sees the contract, the registry and the envelope of SNS, never a provider',
      { path: '^src/', pathNot: '^src/(providers|platform)/' },
      { path: '^src/providers/', pathNot: '^src/providers/(provider|registry|sns-envelope)\\.ts$' },
    ),
    error(
      'nothing-imports-the-app',
      'the files directly in src put the parts together; only config.ts is for the parts',
      { path: '^src/[^/]+/' },
      { path: '^src/[^/]+\\.ts$', pathNot: '^src/config\\.ts$' },
    ),
    error(
      'config-stands-alone',
      'config.ts is read first',
      { path: '^src/config(-key|-faults|-process|-work)?\\.ts$' },
      { path: '^src/', pathNot: '^src/config-(key|faults|process|work)\\.ts$' },
    ),
    error(
      'migrations-stand-alone',
      'a migration must mean the same next year, whatever the code has become',
      { path: '^migrations/' },
      { path: '^(src|test)/' },
    ),
    error(
      'no-test-in-production',
      'the image has no tests',
      { path: '^(src|migrations)/', pathNot: '\\.spec\\.ts$' },
      { path: '^(test|bench|scripts)/|\\.spec\\.ts$' },
    ),
    error(
      'no-dev-dependency',
      'the image has no devDependencies and nothing undeclared',
      { path: '^(src|migrations)/', pathNot: '\\.spec\\.ts$' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    ),
    error('resolvable', 'every import leads somewhere', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default', 'types'] },
  },
};
