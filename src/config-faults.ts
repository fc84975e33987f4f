import { isIP } from 'node:net';

/** Rules that a decorator of config.ts cannot say: over several variables, or over variables whose names vary. */
type Values = Readonly<
  Partial<
    Record<
      | 'MASTER_KEY'
      | 'MASTER_KEY_FILE'
      | 'DATABASE_URL'
      | 'KAFKA_SASL_MECHANISM'
      | 'KAFKA_SASL_USERNAME'
      | 'KAFKA_SASL_PASSWORD'
      | 'OIDC_ISSUER'
      | 'OIDC_AUDIENCE'
      | 'STORAGE_URL'
      | 'S3_ACCESS_KEY_ID'
      | 'S3_SECRET_ACCESS_KEY'
      | 'SENTIMENT_URL'
      | 'SENTIMENT_MODEL'
      | 'SENTIMENT_API_KEY'
      | 'SENTIMENT_API_KEY_FILE'
      | 'EGRESS_ALLOWED_NETWORKS'
      | 'EGRESS_ALLOWED_PORTS',
      string
    >
  >
>;

const S3_OPTIONS = ['region', 'endpoint', 'pathStyle'];

/** The storage is a folder, or a bucket with its keys. */
export function storageFaults({ STORAGE_URL: url, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY }: Values): string[] {
  if (!url) return [];
  if (!URL.canParse(url)) return ['STORAGE_URL: must be a URL'];
  if (url.startsWith('file:')) return [];
  const { searchParams } = new URL(url);
  const unknown = [...searchParams.keys()].filter((name) => !S3_OPTIONS.includes(name));
  const faults = unknown.map((name) => `STORAGE_URL: ${name} is not one of ${S3_OPTIONS.join(', ')}`);
  const endpoint = searchParams.get('endpoint');
  if (endpoint && webUrlFault(endpoint)) faults.push('STORAGE_URL: endpoint must be an http(s) URL');
  if (!S3_ACCESS_KEY_ID) faults.push('S3_ACCESS_KEY_ID: needed with an s3:// STORAGE_URL');
  if (!S3_SECRET_ACCESS_KEY) faults.push('S3_SECRET_ACCESS_KEY: needed with an s3:// STORAGE_URL');
  return faults;
}

/** Numbers that have the right form may still be too large. */
export function networkFaults({ EGRESS_ALLOWED_NETWORKS: networks, EGRESS_ALLOWED_PORTS: ports }: Values): string[] {
  const badNetwork = (networks?.split(',') ?? []).some((network) => {
    const [address = '', bits] = network.trim().split('/');
    return isIP(address) === 0 || Number(bits) > (isIP(address) === 4 ? 32 : 128);
  });
  const badPort = (ports?.split(',') ?? []).some((port) => Number(port) < 1 || Number(port) > 65_535);
  return [
    ...(badNetwork ? ['EGRESS_ALLOWED_NETWORKS: must be networks such as 10.1.0.0/16 or fd00::/8'] : []),
    ...(badPort ? ['EGRESS_ALLOWED_PORTS: must be port numbers'] : []),
  ];
}

/** PROVIDER_URL_<TYPE>, by provider type; what is no URL is told in `faults`. */
export function readProviderUrls(env: NodeJS.ProcessEnv, faults: string[]): Record<string, string> {
  const urls: Record<string, string> = {};
  for (const [key, value] of Object.entries(env)) {
    const type = /^PROVIDER_URL_([A-Z0-9_]+)$/.exec(key)?.[1];
    if (!type || !value) continue;
    const url = value.replace(/\/+$/, '');
    const fault = type === 'SMTP' ? mailServerFault(url) : webUrlFault(url);
    if (fault) faults.push(`${key}: ${fault}`);
    else urls[type.toLowerCase().replaceAll('_', '-')] = url;
  }
  return urls;
}

function webUrlFault(url: string): string | undefined {
  return /^https?:\/\//.test(url) && URL.canParse(url) ? undefined : 'must be an http(s) URL';
}

function mailServerFault(url: string): string | undefined {
  return /^smtp:\/\/[a-z0-9][a-z0-9.-]*:\d{1,5}$/i.test(url) && URL.canParse(url)
    ? undefined
    : 'must be smtp://host:port';
}

/** Variables that go only together, or never. */
export function togetherFaults(config: Values): string[] {
  const faults: string[] = [];
  if (config.MASTER_KEY && config.MASTER_KEY_FILE) faults.push('MASTER_KEY_FILE: set it or MASTER_KEY, not both');
  if (config.DATABASE_URL && !config.MASTER_KEY && !config.MASTER_KEY_FILE)
    faults.push(
      'MASTER_KEY: needed with DATABASE_URL (or MASTER_KEY_FILE); 32 random bytes, `openssl rand -base64 32`',
    );
  if (Boolean(config.OIDC_ISSUER) !== Boolean(config.OIDC_AUDIENCE))
    faults.push('OIDC_AUDIENCE: set it together with OIDC_ISSUER');
  if (config.SENTIMENT_URL && !config.SENTIMENT_MODEL) faults.push('SENTIMENT_MODEL: needed with SENTIMENT_URL');
  if (config.SENTIMENT_API_KEY && config.SENTIMENT_API_KEY_FILE)
    faults.push('SENTIMENT_API_KEY_FILE: set it or SENTIMENT_API_KEY, not both');
  if (config.KAFKA_SASL_MECHANISM)
    for (const name of ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const)
      if (!config[name]) faults.push(`${name}: needed with KAFKA_SASL_MECHANISM`);
  return faults;
}
