import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, YAML11_SCHEMA } from 'js-yaml';
import { ROOT } from './tree';

interface Service {
  image?: string;
  profiles?: string[];
  environment?: Record<string, string | null>;
  ports?: string[];
  read_only?: boolean;
  privileged?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  tmpfs?: string[];
  volumes?: string[];
  mem_limit?: string;
  stop_grace_period?: string;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
}

/** Secrets that not every installation has: passed on where the caller has them. */
const GIVEN_IF_SET = ['BOOTSTRAP_API_KEY', 'S3_SECRET_ACCESS_KEY'];
const SECRET = /(PASSWORD|SECRET|TOKEN|MASTER_KEY|API_KEY|DATABASE_URL)/;
const [build, final] = stages(read('Dockerfile')) as [Instruction[], Instruction[]];
const compose = load(read('docker-compose.yml'), { schema: YAML11_SCHEMA }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const services = Object.entries(compose.services);
const OTHERS = ['postgres', 'prometheus', 'grafana'];
const ours = services.filter(([name]) => !OTHERS.includes(name)).map(([, service]) => service);

describe('the image', () => {
  it('is built from a pinned major version, in two stages', () => {
    expect(build[0]).toEqual({ word: 'FROM', rest: 'node:24-bookworm-slim AS build' });
    expect(final[0]).toEqual({ word: 'FROM', rest: 'node:24-bookworm-slim' });
  });

  it('runs as a user that is not root, set before the program starts', () => {
    const words = final.map(({ word }) => word);

    expect(only(final, 'USER')).toEqual(['node']);
    expect(words.indexOf('USER')).toBeLessThan(words.indexOf('CMD'));
    expect(words.slice(words.indexOf('USER'))).not.toContain('COPY');
  });

  it('copies the lock before the source, so that dependencies are cached', () => {
    const order = build.filter(({ word }) => word === 'COPY' || word === 'RUN').map(({ rest }) => rest);

    expect(order[0]).toBe('package.json package-lock.json ./');
    expect(order[1]).toMatch(/^npm ci\b/);
    expect(order.findIndex((rest) => rest.startsWith('src '))).toBeGreaterThan(1);
  });

  it('leaves the development dependencies and the second Node behind', () => {
    const commands = only(build, 'RUN').join(' ');

    expect(commands).toMatch(/npm run build.*npm prune --omit=dev.*rm -rf node_modules\/node-linux-\*/);
    expect(
      only(final, 'COPY').filter(
        (rest) => !/^(--from=build \/app\/(package\.json|node_modules|dist) |LICENSE )/.test(rest),
      ),
    ).toEqual([]);
  });

  it('carries no secret and nothing but what .dockerignore lets in', () => {
    const set = [...only(build, 'ENV'), ...only(build, 'ARG'), ...only(final, 'ENV'), ...only(final, 'ARG')];
    const ignored = read('.dockerignore').split('\n');

    expect(set.filter((rest) => SECRET.test(rest))).toEqual([]);
    expect(ignored[0]).toBe('*');
    expect(ignored.filter((line) => /^!\.(env|git|data)/.test(line))).toEqual([]);
    const copied = only(build, 'COPY').flatMap((rest) => rest.split(' ').slice(0, -1));
    for (const path of copied) {
      expect(ignored).toContain(`!${path}`);
      expect(existsSync(join(ROOT, path))).toBe(true);
    }
  });

  it('says how it is, how it is stopped and where it writes', () => {
    expect(only(final, 'HEALTHCHECK')[0]).toMatch(/\/health\/ready/);
    expect(only(final, 'STOPSIGNAL')).toEqual(['SIGTERM']);
    expect(only(final, 'VOLUME')).toEqual(['/data']);
    expect(only(final, 'ENV')[0]).toMatch(/HOST=0\.0\.0\.0.*DATA_DIR=\/data/);
    expect(only(final, 'LABEL')[0]).toMatch(/org\.opencontainers\.image\.licenses="Apache-2\.0"/);
    expect(JSON.parse(only(final, 'CMD')[0]!)).toEqual(['node', 'dist/src/main.js']);
  });
});

describe('the compose file', () => {
  it('starts one application and one database, and with the profile scale two of each role', () => {
    const roles = (profile?: string) =>
      ours.filter((service) => service.profiles?.[0] === profile).map((service) => service.environment?.ROLE);

    expect(roles()).toEqual(['all']);
    expect(roles('scale')).toEqual(['api', 'api', 'worker', 'worker']);
    expect(compose.services.postgres).toMatchObject({ image: 'postgres:18' });
    expect(compose.services.postgres?.profiles).toBeUndefined();
  });

  it.each(services)('gives %s no more rights than it needs', (_name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(service.privileged).toBeUndefined();
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect(service.tmpfs?.[0]).toMatch(/^\/tmp:/);
  });

  it('adds capabilities to the database only', () => {
    expect(ours.flatMap((service) => service.cap_add ?? [])).toEqual([]);
    expect(compose.services.postgres?.cap_add).not.toContain('SYS_ADMIN');
  });

  it('waits for a healthy database, and longer for a stop than a stop takes', () => {
    expect(compose.services.postgres?.healthcheck?.test).toContain('pg_isready');
    for (const service of ours) {
      expect(service.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
      expect(service.stop_grace_period).toBe('35s');
    }
  });

  it('takes every secret from the caller and refuses to start without those it must have', () => {
    const secrets = services
      .flatMap(([, service]) => Object.entries(service.environment ?? {}))
      .filter(([name]) => SECRET.test(name));

    expect(secrets.length).toBeGreaterThan(ours.length * 2);
    for (const [name, value] of secrets) {
      if (GIVEN_IF_SET.includes(name)) expect(value).toBeNull();
      else expect(value).toMatch(/\$\{[A-Z_]+:\?[^}]+\}/);
    }
  });

  it('publishes ports to this machine only, each once, and not those of the database', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);

    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    expect(new Set(ports).size).toBe(ports.length);
    expect(compose.services.postgres?.ports).toBeUndefined();
  });

  it('keeps files in a volume that all of ours share', () => {
    for (const service of ours) expect(service.volumes).toEqual(['files:/data']);
    expect(compose.volumes).toHaveProperty('files');
  });

  it('keeps the database in a named volume where version 18 looks for it', () => {
    expect(compose.services.postgres?.volumes).toEqual(['postgres:/var/lib/postgresql']);
    expect(compose.volumes).toHaveProperty('postgres');
  });
});

interface Instruction {
  word: string;
  rest: string;
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** Instructions of a Dockerfile by stage: comments dropped, continued lines joined. */
function stages(dockerfile: string): Instruction[][] {
  const lines = dockerfile
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '')
    .split('\n');
  const found: Instruction[][] = [];
  for (const line of lines.filter((text) => text.trim())) {
    const [word = '', ...rest] = line.split(' ');
    if (word === 'FROM') found.push([]);
    found.at(-1)?.push({ word, rest: rest.join(' ').trim() });
  }
  return found;
}

function only(instructions: readonly Instruction[], word: string): string[] {
  return instructions.filter((instruction) => instruction.word === word).map(({ rest }) => rest);
}
