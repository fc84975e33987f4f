import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from './config';
import { envExample } from './env-example';

const KEY = 'tZk0w3m1xq8Jm4Jc2pQ7yNf6bVd9sAeHuXgRrLiOoYw=';

describe('readConfig', () => {
  it('needs nothing: every default is usable', () => {
    expect(readConfig({})).toMatchObject({ PORT: 3000, HOST: '127.0.0.1', ROLE: 'all', DATA_DIR: './.data' });
  });

  it('counts an empty variable as unset', () => {
    expect(readConfig({ PORT: '', PUBLIC_URL: '' })).toMatchObject({ PORT: 3000 });
  });

  it('names every faulty variable at once, and no value', () => {
    const secret = 'changeme secret';
    const read = () => readConfig({ PORT: '70000', ROLE: 'boss', PUBLIC_URL: 'nowhere', BOOTSTRAP_API_KEY: secret });
    expect(read).toThrow(/PORT: .*\n.*ROLE: .*\n.*BOOTSTRAP_API_KEY: .*\n.*PUBLIC_URL: /s);
    expect(read).not.toThrow(secret);
  });

  it.each(['1e3', '0x10', ' 10 ', '3000.5', '-1', 'ten'])('refuses %j as a number', (PORT) => {
    expect(() => readConfig({ PORT })).toThrow('PORT');
  });

  it('needs a master key with a database that outlives the machine', () => {
    const DATABASE_URL = 'postgres://me@127.0.0.1/carillon';
    expect(() => readConfig({ DATABASE_URL })).toThrow('MASTER_KEY');
    expect(() => readConfig({ DATABASE_URL, MASTER_KEY: KEY })).not.toThrow();
    expect(() => readConfig({ DATABASE_URL, MASTER_KEY: KEY, MASTER_KEY_FILE: '/k' })).toThrow('MASTER_KEY_FILE');
  });

  it.each([
    [{ EGRESS_ALLOWED_NETWORKS: '10.0.0.0/8, fd00::/8', EGRESS_ALLOWED_PORTS: '8080, 9000' }, undefined],
    [{ EGRESS_ALLOWED_NETWORKS: '10.0.0.0/33' }, 'EGRESS_ALLOWED_NETWORKS'],
    [{ EGRESS_ALLOWED_NETWORKS: '10.0.0.0' }, 'EGRESS_ALLOWED_NETWORKS'],
    [{ EGRESS_ALLOWED_NETWORKS: '10.0.0/8' }, 'EGRESS_ALLOWED_NETWORKS'],
    [{ EGRESS_ALLOWED_NETWORKS: 'fd00::/129' }, 'EGRESS_ALLOWED_NETWORKS'],
    [{ EGRESS_ALLOWED_NETWORKS: 'intranet.example/8' }, 'EGRESS_ALLOWED_NETWORKS'],
    [{ EGRESS_ALLOWED_PORTS: '70000' }, 'EGRESS_ALLOWED_PORTS'],
    [{ EGRESS_ALLOWED_PORTS: '0' }, 'EGRESS_ALLOWED_PORTS'],
    [{ EGRESS_ALLOWED_PORTS: '80-90' }, 'EGRESS_ALLOWED_PORTS'],
    [{ EGRESS_ALLOW_HTTP: 'yes' }, 'EGRESS_ALLOW_HTTP'],
    [{ ATTACHMENT_RETENTION_DAYS: '-1' }, 'ATTACHMENT_RETENTION_DAYS'],
    [{ ATTACHMENT_RETENTION_DAYS: '0' }, undefined],
  ])('reads %j', (env, fault) => {
    const read = () => readConfig(env);
    if (fault) expect(read).toThrow(fault);
    else expect(read).not.toThrow();
  });

  it.each([
    'https://id.example.com',
    'https://id.example.com/realms/shop/',
    'http://127.0.0.1:9000',
    'http://localhost',
  ])('takes %j as the issuer of tokens, together with the audience', (OIDC_ISSUER) => {
    expect(readConfig({ OIDC_ISSUER, OIDC_AUDIENCE: 'carillon' })).toMatchObject({
      OIDC_ISSUER,
      OIDC_AUDIENCE: 'carillon',
      OIDC_TENANT_CLAIM: 'tenant_id',
    });
    expect(() => readConfig({ OIDC_ISSUER })).toThrow('OIDC_AUDIENCE');
    expect(() => readConfig({ OIDC_AUDIENCE: 'carillon' })).toThrow('OIDC_AUDIENCE');
  });

  it.each([
    'http://id.example.com',
    'id.example.com',
    'https://a@id.example.com',
    'https://x.test?a=1',
    'ftp://x.test',
  ])('refuses %j as the issuer of tokens', (OIDC_ISSUER) => {
    expect(() => readConfig({ OIDC_ISSUER, OIDC_AUDIENCE: 'carillon' })).toThrow('OIDC_ISSUER');
  });

  it('takes the base URL of a provider by its type', () => {
    const env = { PROVIDER_URL_AWS_SNS: 'http://127.0.0.1:9/', PROVIDER_URL_TWILIO: 'ftp://x' };
    expect(() => readConfig(env)).toThrow('PROVIDER_URL_TWILIO');
    const { providerUrls } = readConfig({ ...env, PROVIDER_URL_TWILIO: '' });
    expect(providerUrls).toEqual({ 'aws-sns': 'http://127.0.0.1:9' });
  });

  it('takes one mail server as host and port, and nothing else for it', () => {
    for (const PROVIDER_URL_SMTP of [
      'http://mail.example:25',
      'smtp://mail.example',
      'smtp://u:p@mail.example:25',
      'smtp://a b:25',
      'smtp://mail.example:99999',
    ])
      expect(() => readConfig({ PROVIDER_URL_SMTP })).toThrow('PROVIDER_URL_SMTP: must be smtp://host:port');
    expect(() => readConfig({ PROVIDER_URL_SENDGRID: 'smtp://mail.example:25' })).toThrow('PROVIDER_URL_SENDGRID');
    expect(readConfig({ PROVIDER_URL_SMTP: 'smtp://mail.example:1025' }).providerUrls).toEqual({
      smtp: 'smtp://mail.example:1025',
    });
  });

  it.each(['mail.example.com', '*', '*.example.com,mail.example.org, 10.0.0.7'])(
    'takes %j as mail servers',
    (hosts) => {
      expect(readConfig({ SMTP_ALLOWED_HOSTS: hosts }).SMTP_ALLOWED_HOSTS).toBe(hosts);
    },
  );

  it.each(['mail.*', '**', 'smtp://mail.example.com', 'mail.example.com:25', ',', 'a b', '*.'])(
    'refuses %j as mail servers',
    (SMTP_ALLOWED_HOSTS) => {
      expect(() => readConfig({ SMTP_ALLOWED_HOSTS })).toThrow('SMTP_ALLOWED_HOSTS');
    },
  );

  it.each(['10.0.0.7', '10.0.0.0/8, 2001:db8::/32,::1', '0.0.0.0/0'])('takes %j as proxies', (proxies) => {
    expect(readConfig({ TRUSTED_PROXIES: proxies }).TRUSTED_PROXIES).toBe(proxies);
  });

  it.each(['true', '*', '10.0.0', '10.0.0.0/33', '::1/129', '10.0.0.0/8/8', '10.0.0.7,', 'proxy.example'])(
    'refuses %j as proxies',
    (TRUSTED_PROXIES) => {
      expect(() => readConfig({ TRUSTED_PROXIES })).toThrow('TRUSTED_PROXIES');
    },
  );
});

it('.env.example is what the configuration says', () => {
  expect(readFileSync(join(__dirname, '..', '.env.example'), 'utf8')).toBe(envExample());
});
