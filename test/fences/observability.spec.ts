import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { metrics } from '../../src/platform/metrics';
import { namesIn } from './metric-names';
import { ROOT } from './tree';

interface Rule {
  alert: string;
  expr: string;
  for: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { h: number; w: number; x: number; y: number };
  targets?: { refId: string; expr: string }[];
}

interface Family {
  name: string;
  type: string;
  labelNames: readonly string[];
}

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const yaml = (path: string): unknown => load(read(path), { schema: YAML11_SCHEMA });

const operations = read('docs/operations.md');
const { groups } = yaml('ops/prometheus/alerts.yml') as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);
const dashboard = JSON.parse(read('ops/grafana/carillon.json')) as {
  schemaVersion: number;
  uid: string;
  panels: Panel[];
};
const targets = dashboard.panels.flatMap(({ title, targets: asked = [] }) =>
  asked.map(({ expr }) => [title, expr] as const),
);
const alerts = rules.map(({ alert, expr }) => [alert, expr] as const);

/** Every series that the process exports, by its name, with the labels that it has. */
const exported = new Map(
  (metrics.getMetricsAsArray() as unknown as Family[]).flatMap(({ name, type, labelNames }) =>
    (type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']).map((suffix) => [
      name + suffix,
      [...labelNames, ...(suffix === '_bucket' ? ['le'] : [])],
    ]),
  ),
);
/** What Prometheus adds: whether a process answered, and where it found it. */
const OF_PROMETHEUS = ['job', 'instance'];
exported.set('up', []);

/** What of an expression the process does not export. */
function unknownIn(expression: string): string[] {
  const { families, groups: grouped } = namesIn(expression);
  const labelsOf = (name: string) => [...(exported.get(name) ?? []), ...OF_PROMETHEUS];
  const all = families.flatMap(({ name }) => labelsOf(name));
  return [
    ...families.filter(({ name }) => !exported.has(name)).map(({ name }) => name),
    ...families.flatMap(({ name, labels }) =>
      labels.filter((label) => !labelsOf(name).includes(label)).map((label) => `${name}{${label}}`),
    ),
    ...grouped.filter((label) => !all.includes(label)).map((label) => `by (${label})`),
  ];
}

const asked = new Set([...targets, ...alerts].flatMap(([, expr]) => namesIn(expr).families.map(({ name }) => name)));

describe('what the dashboard and the alerts ask for', () => {
  it.each([...targets, ...alerts])('is exported: %s: %s', (_, expr) => {
    expect(unknownIn(expr)).toEqual([]);
  });

  it('is seen where it is not', () => {
    expect(unknownIn('rate(carillon_messages_gone_total[5m])')).toEqual(['carillon_messages_gone_total']);
    expect(unknownIn('sum by (tenant) (carillon_queue_messages{lane="otp", tenant=~"a|b"})')).toEqual([
      'carillon_queue_messages{tenant}',
      'by (tenant)',
    ]);
    expect(unknownIn('carillon_webhook_lag_seconds > 1 and on (job) up')).toEqual(['carillon_webhook_lag_seconds']);
  });

  it('leaves out nothing of ours that is exported', () => {
    const ours = [...exported.keys()].filter((name) => name.startsWith('carillon_'));
    const shown = ours.filter((name) => [...asked].some((each) => family(each) === family(name)));
    expect(ours.filter((name) => !shown.includes(name))).toEqual([]);
  });

  it('is explained in the page for operators', () => {
    const names = new Set([...exported.keys()].filter((name) => name.startsWith('carillon_')).map(family));
    expect(names.size).toBeGreaterThan(20);
    expect([...names].filter((name) => !operations.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('an alert', () => {
  it('has a name of its own', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it.each(rules.map((rule) => [rule.alert, rule] as const))(
    '%s says for how long, how bad, what, and what to do',
    (_, rule) => {
      expect(rule).toEqual({
        alert: expect.stringMatching(/^Carillon[A-Z][A-Za-z]+$/),
        expr: expect.any(String),
        for: expect.stringMatching(/^\d+[mh]$/),
        labels: { severity: expect.stringMatching(/^(page|ticket)$/) },
        annotations: { summary: expect.stringMatching(/^.{10,}$/), runbook: expect.any(String) },
      });
      const [page, anchor] = rule.annotations.runbook.split('#');
      expect([page, anchor]).toEqual(['docs/operations.md', rule.alert.toLowerCase()]);
      expect(operations.split('\n')).toContain(`### ${rule.alert}`);
    },
  );

  it('is described nowhere without being there', () => {
    const headings = operations.split('\n').filter((line) => line.startsWith('### Carillon'));
    expect(headings.map((line) => line.slice(4)).toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  });
});

describe('the dashboard', () => {
  it('has a row for each part, and panels that do not lie on each other', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    expect(rows).toEqual([
      'Traffic',
      'Queue',
      'Outcomes by provider and channel type',
      'Webhooks',
      'Breakers',
      'Cost',
      'Campaigns',
    ]);
    expect(dashboard).toMatchObject({ uid: 'carillon', schemaVersion: 41 });
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: h * w }, (_, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(dashboard.panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
    for (const { type, targets: own } of dashboard.panels) expect((own?.length ?? 0) > 0).toBe(type !== 'row');
  });
});

describe('the profile observability', () => {
  const { services } = yaml('docker-compose.yml') as {
    services: Record<
      string,
      { profiles?: string[]; image: string; volumes: string[]; environment?: Record<string, string> }
    >;
  };

  it('starts Prometheus with the rules, and Grafana with the dashboard and no password to guess', () => {
    const { prometheus, grafana } = services;
    expect([prometheus?.profiles, grafana?.profiles]).toEqual([['observability'], ['observability']]);
    expect(prometheus?.image).toMatch(/^prom\/prometheus:v\d+\.\d+\.\d+$/);
    expect(grafana?.image).toMatch(/^grafana\/grafana:\d+\.\d+\.\d+$/);
    expect(grafana?.environment).toMatchObject({
      GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true',
      GF_AUTH_ANONYMOUS_ORG_ROLE: 'Viewer',
    });
    const mounted = [...(prometheus?.volumes ?? []), ...(grafana?.volumes ?? [])].filter((each) =>
      each.startsWith('./'),
    );
    expect(mounted).toHaveLength(3);
    for (const each of mounted) {
      const [from = '', , how] = each.split(':');
      expect([each, existsSync(join(ROOT, from)), how]).toEqual([each, true, 'ro']);
    }
  });

  it('leads from Prometheus to every service of ours, and from Grafana to Prometheus', () => {
    const { rule_files, scrape_configs } = yaml('ops/prometheus/prometheus.yml') as {
      rule_files: string[];
      scrape_configs: { job_name: string; dns_sd_configs: { names: string[]; port: number }[] }[];
    };
    expect(rule_files).toEqual(['alerts.yml']);
    const [{ job_name, dns_sd_configs } = { job_name: '', dns_sd_configs: [] }] = scrape_configs;
    expect(job_name).toBe('carillon');
    const ours = Object.keys(services).filter((name) => !['postgres', 'prometheus', 'grafana'].includes(name));
    expect(dns_sd_configs.flatMap(({ names }) => names).toSorted()).toEqual(ours.toSorted());
    const { datasources } = yaml('ops/grafana/provisioning/datasources/prometheus.yml') as {
      datasources: { url: string }[];
    };
    expect(datasources.map(({ url }) => url)).toEqual(['http://prometheus:9090']);
    const { providers } = yaml('ops/grafana/provisioning/dashboards/carillon.yml') as {
      providers: { options: { path: string } }[];
    };
    const [folder] = providers.map(({ options }) => options.path);
    expect(services['grafana']?.volumes.some((each) => each.includes(`:${folder}/`))).toBe(true);
  });
});

function family(series: string): string {
  const base = series.replace(/_(bucket|sum|count)$/, '');
  return exported.has(`${base}_bucket`) ? base : series;
}
