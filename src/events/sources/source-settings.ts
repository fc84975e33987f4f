import type { FieldError } from '../../platform/http/problem';

export const SOURCE_KINDS = ['sns', 'sqs', 'kafka'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export const SASL_MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** Where a source is; which of these a kind takes stands in RULES. */
export interface SourceSettings {
  topicArn?: string;
  queueUrl?: string;
  region?: string;
  endpoint?: string;
  brokers?: string[];
  topic?: string;
  groupId?: string;
  tls?: boolean;
  saslMechanism?: (typeof SASL_MECHANISMS)[number];
}

export type SourceCredentials = Readonly<Record<string, string>>;

interface Rules {
  needs: readonly (keyof SourceSettings)[];
  takes: readonly (keyof SourceSettings)[];
  /** Names of the credentials that it must have, or may have. */
  secrets: { needs: readonly string[]; takes: readonly string[] };
}

const NO_SECRETS = { needs: [], takes: [] };

const RULES: Readonly<Record<SourceKind, Rules>> = {
  sns: { needs: ['topicArn'], takes: [], secrets: NO_SECRETS },
  sqs: {
    needs: ['queueUrl', 'region'],
    takes: ['endpoint'],
    secrets: { needs: ['accessKeyId', 'secretAccessKey'], takes: ['sessionToken'] },
  },
  kafka: {
    needs: ['brokers', 'topic', 'groupId'],
    takes: ['tls', 'saslMechanism'],
    secrets: { needs: [], takes: ['username', 'password'] },
  },
};

const LONGEST_SECRET = 4096;

/** Everything that is wrong with a source, by JSON pointer. @param allows whether the operator allows a host by name */
export function sourceFaults(
  kind: SourceKind,
  settings: SourceSettings,
  credentials: SourceCredentials,
  allows: (host: string) => boolean,
): FieldError[] {
  const { needs, takes, secrets } = RULES[kind];
  return [
    ...namesFaults(settings, { needs, takes, under: '/settings', kind }),
    ...namesFaults(credentials, { ...secrets, under: '/credentials', kind }),
    ...Object.entries(credentials).flatMap(([name, value]) => secretFaults(name, value)),
    ...(kind === 'kafka' ? kafkaFaults(settings, credentials, allows) : []),
    ...(kind === 'sqs' ? sqsFaults(settings, allows) : []),
  ];
}

/** The host that an SQS source calls. */
export function queueHost({ endpoint, queueUrl = '' }: SourceSettings): string {
  return new URL(endpoint ?? queueUrl).hostname;
}

function namesFaults(
  given: object,
  {
    needs,
    takes,
    under,
    kind,
  }: { needs: readonly string[]; takes: readonly string[]; under: string; kind: SourceKind },
): FieldError[] {
  const names = Object.entries(given).flatMap(([name, value]) => (value == null ? [] : [name]));
  return [
    ...needs
      .filter((name) => !names.includes(name))
      .map((name) => ({ pointer: `${under}/${name}`, message: `is needed with kind ${kind}` })),
    ...names
      .filter((name) => !needs.includes(name) && !takes.includes(name))
      .map((name) => ({ pointer: `${under}/${name.slice(0, 60)}`, message: `does not go with kind ${kind}` })),
  ];
}

function secretFaults(name: string, value: unknown): FieldError[] {
  const isGood = typeof value === 'string' && value.length > 0 && value.length <= LONGEST_SECRET;
  const message = `must be text of 1 to ${LONGEST_SECRET} characters`;
  return isGood ? [] : [{ pointer: `/credentials/${name.slice(0, 60)}`, message }];
}

/** Without TLS only where the operator says so: the keys go over the same wire. */
function sqsFaults({ queueUrl, endpoint }: SourceSettings, allows: (host: string) => boolean): FieldError[] {
  return Object.entries({ queueUrl, endpoint }).flatMap(([name, address]) => {
    if (address === undefined || !URL.canParse(address)) return [];
    const { protocol, hostname, username, password } = new URL(address);
    const isPlain = username === '' && password === '' && /^https?:$/.test(protocol);
    if (!isPlain) return [{ pointer: `/settings/${name}`, message: 'must be a plain https address' }];
    // With an endpoint the queue's own address is only its name.
    const isCalled = name === 'endpoint' || endpoint === undefined;
    if (protocol === 'https:' || !isCalled || allows(hostname)) return [];
    return [{ pointer: `/settings/${name}`, message: 'must be https, but for hosts that the operator allows' }];
  });
}

function kafkaFaults(
  { brokers = [], tls, saslMechanism }: SourceSettings,
  credentials: SourceCredentials,
  allows: (host: string) => boolean,
): FieldError[] {
  const faults: FieldError[] = [];
  if (tls === false && !brokers.every((broker) => allows(broker.replace(/:\d+$/, ''))))
    faults.push({ pointer: '/settings/tls', message: 'must be true, but for hosts that the operator allows' });
  const names = ['username', 'password'].filter((name) => credentials[name] !== undefined);
  if (saslMechanism !== undefined && names.length < 2)
    faults.push({ pointer: '/credentials/username', message: 'is needed with saslMechanism, and password' });
  if (saslMechanism === undefined && names.length)
    faults.push({ pointer: '/settings/saslMechanism', message: 'is needed with username and password' });
  return faults;
}
