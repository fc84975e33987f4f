/** One thing that may not be written, where not, why, and a line that must be caught. */
export interface Ban {
  name: string;
  pattern: RegExp;
  /** Files that the ban is for, by path. */
  where: RegExp;
  /** Files among those that are free of it. */
  except?: RegExp;
  /** Banned in comments too; everything else may be named there. */
  inComments?: true;
  why: string;
  plant: { path: string; line: string };
}

const EGRESS = /^src\/platform\/egress\//;
const DATABASE = /^src\/platform\/db\//;
const SOURCE = /^(src|migrations)\//;
/** src/<noun>/, that is neither platform nor providers nor the files directly in src. */
const FEATURE = /^src\/(?!platform\/|providers\/)[^/]+\//;
const SPEC = /\.spec\.ts$/;

const NETWORK = 'the one HTTP client that may leave is src/platform/egress: it refuses private addresses';
const TENANT = 'only TenantDb.run(tenantId, fn) opens a transaction, so no statement runs without its tenant';

export const BANS: readonly Ban[] = [
  {
    name: 'raw fetch',
    pattern: /(?<![\w.])fetch\(/,
    where: /^src\//,
    except: new RegExp(`${EGRESS.source}|${SPEC.source}`),
    why: NETWORK,
    plant: { path: 'src/channels/planted.ts', line: "const answer = await fetch('http://127.0.0.1');" },
  },
  {
    name: 'global fetch',
    pattern: /\bglobalThis\.fetch\b/,
    where: /^src\//,
    except: new RegExp(`${EGRESS.source}|${SPEC.source}`),
    why: NETWORK,
    plant: { path: 'src/channels/planted.ts', line: 'const leave = globalThis.fetch;' },
  },
  {
    name: 'raw HTTP request',
    pattern: /\bhttps?\.(request|get)\(/,
    where: /^src\//,
    except: new RegExp(`${EGRESS.source}|${SPEC.source}`),
    why: NETWORK,
    plant: { path: 'src/platform/work/planted.ts', line: "https.request('https://127.0.0.1');" },
  },
  {
    name: 'HTTP client of a library',
    pattern: /\b(from|require\(|import\() ?'(undici|axios|got|node-fetch)'/,
    where: /^src\//,
    except: new RegExp(`${EGRESS.source}|${SPEC.source}`),
    why: NETWORK,
    plant: { path: 'src/webhooks/planted.ts', line: "import { request } from 'undici';" },
  },
  {
    name: 'transaction',
    // What src/platform/db hands out may open one: it is the worker's, under a login for dispatch only (ADR 0003).
    pattern: /(?<!\bsql)\.transaction\(/,
    where: /^src\//,
    except: DATABASE,
    why: TENANT,
    plant: { path: 'src/messages/planted.ts', line: 'await dataSource.transaction(work);' },
  },
  {
    name: 'query runner',
    pattern: /\bcreateQueryRunner\b/,
    where: /^src\//,
    except: DATABASE,
    why: TENANT,
    plant: { path: 'src/messages/planted.ts', line: 'const runner = dataSource.createQueryRunner();' },
  },
  {
    name: 'injected data source',
    pattern: /@InjectDataSource\b/,
    where: FEATURE,
    why: TENANT,
    plant: { path: 'src/messages/planted.ts', line: 'constructor(@InjectDataSource() private db: DataSource) {}' },
  },
  {
    name: 'injected repository',
    pattern: /@InjectRepository\b/,
    where: FEATURE,
    why: TENANT,
    plant: {
      path: 'src/contacts/planted.ts',
      line: 'constructor(@InjectRepository(Contact) private rows: Contacts) {}',
    },
  },
  {
    name: 'repository of the data source',
    pattern: /\bdataSource\.(getRepository|query|manager|createQueryBuilder)\b/,
    where: FEATURE,
    why: TENANT,
    plant: { path: 'src/contacts/planted.ts', line: "await this.dataSource.query('SELECT 1');" },
  },
  {
    name: 'worker login outside dispatch',
    pattern: /\bWorkerDb\b|\bWORKER_DATA_SOURCE\b/,
    where: FEATURE,
    except:
      /^src\/(events|sessions\/clock|messages|campaigns\/run|automation|webhooks|webhook-endpoints|event-streams|sandbox|analytics|health)\//,
    why: 'it sees every tenant; work for one tenant goes through TenantDb',
    plant: { path: 'src/contacts/planted.ts', line: 'constructor(private readonly db: WorkerDb) {}' },
  },
  {
    name: 'setting that outlives its transaction',
    pattern: /\bSET (SESSION )?app\./i,
    where: SOURCE,
    why: 'a pooled connection would carry one tenant into the request of the next',
    plant: { path: 'src/platform/db/planted.ts', line: "await client.query('SET app.tenant_id = 1');" },
  },
  {
    name: 'set_config for the session',
    pattern: /\bset_config\([^)]*,\s*false\s*\)/i,
    where: SOURCE,
    why: 'a pooled connection would carry one tenant into the request of the next',
    plant: {
      path: 'src/platform/db/planted.ts',
      line: "await client.query(`SELECT set_config('app.tenant', $1, false)`);",
    },
  },
  {
    name: 'role above row-level security',
    pattern: /\b(ROLE|USER)\b.*\sBYPASSRLS\b/i,
    where: SOURCE,
    why: 'nobody stands above the tenant policies',
    plant: { path: 'migrations/1-planted.ts', line: "await runner.query('ALTER ROLE carillon_worker BYPASSRLS');" },
  },
  {
    name: 'circle by forwardRef',
    pattern: /\bforwardRef\(/,
    where: /^src\//,
    why: 'features import leftward only',
    plant: { path: 'src/sessions/planted.ts', line: 'imports: [forwardRef(() => MessagesModule)],' },
  },
  {
    name: 'lint switched off',
    pattern: /\b(oxlint|eslint)-disable|@ts-(ignore|expect-error|nocheck)\b|prettier-ignore\b/,
    where: /./,
    inComments: true,
    why: 'a rule is right or it is changed for everyone in .oxlintrc.json',
    plant: { path: 'src/tenants/planted.ts', line: '// oxlint-disable-next-line no-console' },
  },
  {
    name: 'killing by name',
    pattern: /\b(pkill|killall)\b/,
    where: /./,
    why: 'it ends processes that are not ours; keep the pid and end that',
    plant: { path: 'test/faults/planted.ts', line: "execFileSync('pkill', ['-9', 'node']);" },
  },
];
